# What /docs is made of is embedded into api, so that it works offline: Swagger UI, and a script.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(assets ${PROJECT_BINARY_DIR}/swagger_ui)
set(asset_files ${assets}/swagger-ui-bundle.js.gz ${assets}/swagger-ui.css.gz
  ${assets}/swagger-ui-bundle.js.LICENSE.txt.gz)
add_custom_command(OUTPUT ${asset_files}
  COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/cmake/swagger_ui.py ${assets}
  DEPENDS ${PROJECT_SOURCE_DIR}/cmake/swagger_ui.py
  COMMENT "Packing Swagger UI" VERBATIM)

set_source_files_properties(${PROJECT_SOURCE_DIR}/api/web/assets.cpp PROPERTIES
  OBJECT_DEPENDS "${asset_files};${PROJECT_SOURCE_DIR}/api/web/state_machines.js"
  COMPILE_DEFINITIONS "DAYBOOK_ASSETS=\"${assets}/\";DAYBOOK_WEB=\"${PROJECT_SOURCE_DIR}/api/web/\"")
