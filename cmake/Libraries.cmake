# Third-party libraries, all of them Debian 12 packages (tools/packages lists them).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)

macro(pkg variable module)
  pkg_check_modules(${variable}_PKG REQUIRED IMPORTED_TARGET ${module})
  set(${variable} PkgConfig::${variable}_PKG)
endmacro()
pkg(UNBOUND libunbound)
pkg(PSL libpsl)
pkg(IDN2 libidn2)
pkg(YAML yaml-cpp)

find_path(LDNS_INCLUDE ldns/ldns.h REQUIRED)
find_library(LDNS_LIBRARY ldns REQUIRED)
add_library(ldns INTERFACE)
target_include_directories(ldns SYSTEM INTERFACE ${LDNS_INCLUDE})
target_link_libraries(ldns INTERFACE ${LDNS_LIBRARY} OpenSSL::Crypto)
set(LDNS ldns)

find_path(MIMETIC_INCLUDE mimetic/mimetic.h REQUIRED)
find_library(MIMETIC_LIBRARY mimetic REQUIRED)
add_library(mimetic INTERFACE)
target_include_directories(mimetic SYSTEM INTERFACE ${MIMETIC_INCLUDE})
target_link_libraries(mimetic INTERFACE ${MIMETIC_LIBRARY})
set(MIMETIC mimetic)

find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
add_library(cli11 INTERFACE)
target_include_directories(cli11 SYSTEM INTERFACE ${CLI11_INCLUDE})
set(CLI11 cli11)

find_path(MUSTACHE_INCLUDE kainjow/mustache.hpp PATH_SUFFIXES . REQUIRED)
add_library(mustache INTERFACE)
target_include_directories(mustache SYSTEM INTERFACE ${MUSTACHE_INCLUDE})

add_library(boost_json INTERFACE)
target_link_libraries(boost_json INTERFACE Boost::json)

# Asio compiled once: a file that includes it costs seconds otherwise.
add_library(asio STATIC ${CMAKE_SOURCE_DIR}/cmake/asio.cpp)
target_compile_definitions(asio PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_include_directories(asio SYSTEM PUBLIC ${Boost_INCLUDE_DIRS})
target_link_libraries(asio PUBLIC Boost::headers Threads::Threads OpenSSL::SSL)
