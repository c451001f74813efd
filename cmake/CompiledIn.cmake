# Texts in the program: compiled_in(TARGET NAME TYPE files...) makes cmake/NAME.cpp.in, in which @COMPILED_IN@ stands for a
# TYPE{file name without its end, text} of each, a source of the target.
function(compiled_in target name type)
  set(COMPILED_IN)
  foreach(file ${ARGN})
    get_filename_component(stem ${file} NAME_WE)
    file(READ ${file} text)
    string(APPEND COMPILED_IN "    ${type}{\"${stem}\", R\"text(${text})text\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  endforeach()
  configure_file(${CMAKE_SOURCE_DIR}/cmake/${name}.cpp.in ${CMAKE_BINARY_DIR}/${name}.cpp @ONLY)
  target_sources(${target} PRIVATE ${CMAKE_BINARY_DIR}/${name}.cpp)
endfunction()

# scenarios/suites.h
file(GLOB suites CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/scenarios/*.yaml)
compiled_in(scenarios suites Suite ${suites})
install(FILES ${suites} DESTINATION ${CMAKE_INSTALL_DATADIR}/mailprobe/scenarios)

# reporter/compiled_in.h
file(GLOB templates CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/reporter/templates/*.mustache ${CMAKE_SOURCE_DIR}/reporter/templates/*.css)
compiled_in(reporter templates CompiledIn ${templates})
