# The list of common passwords is embedded into infra, so that the program needs no file beside it.
set(common_passwords ${PROJECT_SOURCE_DIR}/infra/passwords/common.txt)
set_source_files_properties(${PROJECT_SOURCE_DIR}/infra/passwords/common.cpp PROPERTIES
  OBJECT_DEPENDS ${common_passwords}
  COMPILE_DEFINITIONS "DAYBOOK_COMMON_PASSWORDS=\"${common_passwords}\"")
