# One folder, one static library: room(NAME [FOLDER dir] [EXCLUDE files] USES targets).
function(room name)
  cmake_parse_arguments(ROOM "" "FOLDER" "USES;EXCLUDE" ${ARGN})
  if(NOT ROOM_FOLDER)
    set(ROOM_FOLDER ${name})
  endif()
  file(GLOB sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/${ROOM_FOLDER}/*.cpp)
  list(REMOVE_ITEM sources ${ROOM_FOLDER}/main.cpp ${ROOM_EXCLUDE})
  room_library(${name} "${sources}" "${ROOM_USES}")
endfunction()

# The same of named files: interface_room(NAME SOURCES files USES targets).
function(interface_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;USES" ${ARGN})
  room_library(${name} "${ROOM_SOURCES}" "${ROOM_USES}")
endfunction()

function(room_library name sources uses)
  list(TRANSFORM sources PREPEND ${CMAKE_SOURCE_DIR}/)
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${uses})
endfunction()
