# One layer is one folder is one library. Its include root holds a link to its folder and nothing
# else, so that `#include "api/…"` is found only by who USES api. A new file needs no line here.

function(add_include_root target visibility folder)
  set(root ${PROJECT_BINARY_DIR}/include/${folder})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${folder} ${root}/${folder} SYMBOLIC)
  target_include_directories(${target} ${visibility} ${root})
endfunction()

# What most files of a target include, parsed and instantiated once: half of the time of a clean
# build. Files include what they use all the same: ./dev lint compiles them without this.
option(DAYBOOK_PRECOMPILED_HEADERS "Precompile headers" ON)
function(precompile target)
  if(DAYBOOK_PRECOMPILED_HEADERS AND ARGN)
    target_precompile_headers(${target} PRIVATE ${ARGN})
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()

function(add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "USES;PRECOMPILES")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*.cpp)
  add_library(${name} STATIC ${sources})
  if(NOT sources)
    file(TOUCH ${PROJECT_BINARY_DIR}/${name}_is_headers_only.cpp)
    target_sources(${name} PRIVATE ${PROJECT_BINARY_DIR}/${name}_is_headers_only.cpp)
  endif()
  add_include_root(${name} PUBLIC ${name})
  target_link_libraries(${name} PUBLIC ${layer_USES} PRIVATE warnings)
  precompile(${name} ${layer_PRECOMPILES})
endfunction()

# A program of one source file. Without that file there is no target.
function(add_program name source)
  cmake_parse_arguments(PARSE_ARGV 2 program "" "" "USES")
  file(GLOB found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${source})
  if(NOT found)
    return()
  endif()
  add_executable(${name} ${found})
  target_link_libraries(${name} PRIVATE ${program_USES} warnings)
endfunction()
