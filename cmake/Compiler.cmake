# How everything of ours is compiled: warnings, sanitizers and the compiler cache.

set(DAYBOOK_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=, for instance address,undefined")
if(DAYBOOK_SANITIZE STREQUAL "" AND CMAKE_BUILD_TYPE STREQUAL "Release")
  option(DAYBOOK_JEMALLOC "Link the daybook program with jemalloc" ON)
else()
  option(DAYBOOK_JEMALLOC "Link the daybook program with jemalloc" OFF)
endif()

add_library(warnings INTERFACE)
target_compile_options(warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion
  -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror)

if(NOT DAYBOOK_SANITIZE STREQUAL "")
  add_compile_options(-fsanitize=${DAYBOOK_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${DAYBOOK_SANITIZE})
endif()

# Assertions and debug information name files from the repository's root, on every machine.
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}/= -ffile-prefix-map=${PROJECT_BINARY_DIR}/=)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(base ${PROJECT_SOURCE_DIR})
  cmake_path(IS_PREFIX PROJECT_SOURCE_DIR ${PROJECT_BINARY_DIR} NORMALIZE inside)
  if(NOT inside)
    set(base ${PROJECT_BINARY_DIR})
  endif()
  set(CMAKE_CXX_COMPILER_LAUNCHER ${PROJECT_SOURCE_DIR}/cmake/compile.sh ${base})
  # CMake's own form hides the path from ccache.
  set(CMAKE_CXX_COMPILE_OPTIONS_USE_PCH -include-pch <PCH_FILE>)
endif()
