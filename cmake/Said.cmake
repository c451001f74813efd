# What the program prints about itself, installed where shells and man(1) look for it: install_said(FILE WORDS...), the file
# below the folder of data.
function(install_said where)
  list(JOIN ARGN " " words)
  install(CODE "
    set(file \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/${where}\")
    get_filename_component(folder \"\${file}\" DIRECTORY)
    file(MAKE_DIRECTORY \"\${folder}\")
    message(STATUS \"Installing: \${file}\")
    execute_process(COMMAND $<TARGET_FILE:mailprobe> ${words} OUTPUT_FILE \"\${file}\" COMMAND_ERROR_IS_FATAL ANY)")
endfunction()
