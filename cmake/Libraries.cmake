# Third-party libraries, all of them Debian 12 packages (tools/packages lists them).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)

# Found by pkg-config: pkg(VARIABLE module).
macro(pkg variable module)
  pkg_check_modules(${variable}_PKG REQUIRED IMPORTED_TARGET ${module})
  set(${variable} PkgConfig::${variable}_PKG)
endmacro()
pkg(PSL libpsl)
pkg(IDN2 libidn2)
pkg(YAML yaml-cpp)
pkg(EXPAT expat)
pkg(MINIZIP minizip)
pkg(ZLIB zlib)
pkg(PROMETHEUS prometheus-cpp-core)
pkg(JEMALLOC jemalloc)  # the program's malloc: a twelfth less CPU time where thousands of sessions are made
pkg(SQLITE sqlite3)

# Found by header and library: plain(VARIABLE target header [library]). libunbound's own pkg-config file asks for
# libraries that Debian does not install with it.
macro(plain variable target header)
  add_library(${target} INTERFACE)
  find_path(${variable}_INCLUDE ${header} REQUIRED)
  target_include_directories(${target} SYSTEM INTERFACE ${${variable}_INCLUDE})
  if(${ARGC} GREATER 3)
    find_library(${variable}_LIBRARY ${ARGV3} REQUIRED)
    target_link_libraries(${target} INTERFACE ${${variable}_LIBRARY})
  endif()
  set(${variable} ${target})
endmacro()
plain(UNBOUND libunbound unbound.h unbound)
plain(EVENT libevent event2/event.h event)
plain(LDNS libldns ldns/ldns.h ldns)
plain(MIMETIC libmimetic mimetic/mimetic.h mimetic)
plain(CLI11 cli11 CLI/CLI.hpp)
plain(MUSTACHE mustache kainjow/mustache.hpp)
plain(SQLITECPP sqlitecpp SQLiteCpp/SQLiteCpp.h SQLiteCpp)
target_link_libraries(sqlitecpp INTERFACE ${SQLITE})

add_library(boost_json INTERFACE)
target_link_libraries(boost_json INTERFACE Boost::json)

# Asio and Beast compiled once: a file that includes them costs seconds otherwise.
add_library(asio STATIC ${CMAKE_SOURCE_DIR}/cmake/asio.cpp ${CMAKE_SOURCE_DIR}/cmake/beast.cpp)
target_compile_definitions(asio PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(asio PUBLIC Boost::headers Threads::Threads OpenSSL::SSL)
# The headers that nearly every file includes, read once for all rooms (two fifths of the build's time).
target_precompile_headers(asio PRIVATE <boost/asio/awaitable.hpp>
  <algorithm> <array> <chrono> <cstdint> <expected> <functional> <map> <memory> <optional> <string> <string_view> <utility> <vector>)
