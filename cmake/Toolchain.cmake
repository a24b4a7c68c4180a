# Compiler flags, sanitizers, libraries and the shared precompiled header.

option(SEI_SANITIZE "AddressSanitizer, UBSan and library assertions" OFF)
option(SEI_BENCH "Build the benchmarks in bench/" OFF)

find_program(SEI_CCACHE ccache)
if(SEI_CCACHE)
  # The precompiled header is shared by every file; ccache needs to be told that its time stamp does not matter.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
    "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime" "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}"
    "CCACHE_NOHASHDIR=1" "${SEI_CCACHE}")
endif()

# What a release brings along costs it no relocations: 1.3 MB less memory, a third less time to start (docs/decisions/0006).
if(NOT SEI_SANITIZE)
  set(Boost_USE_STATIC_LIBS ON)
  set(OPENSSL_USE_STATIC_LIBS ON)
  set(ZLIB_USE_STATIC_LIBS ON)
endif()
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL 3 REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
set(SEI_YAML yaml-cpp)
if(NOT SEI_SANITIZE)
  find_library(SEI_YAML_ARCHIVE libyaml-cpp.a REQUIRED)
  set(SEI_YAML "${SEI_YAML_ARCHIVE}")
endif()
find_package(GTest REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)

# What every file is compiled with: the precompiled header can be shared only between equal flags.
add_library(sei_flags INTERFACE)
target_compile_options(sei_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor -Werror
  -Wno-missing-designated-field-initializers
  # CMake gives programs -fPIE and libraries -fPIC; the shared precompiled header needs one and the same.
  -fPIC
  -Xclang -fno-pch-timestamp)
target_compile_definitions(sei_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  # Frames of coroutines come from operator new, which is the fast way; aligned_alloc is not.
  BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC BOOST_ASIO_DISABLE_BOOST_ALIGN
  SPDLOG_FMT_EXTERNAL)
if(SEI_SANITIZE)
  target_compile_options(sei_flags INTERFACE -g1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_definitions(sei_flags INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(sei_flags INTERFACE -fsanitize=address,undefined)
else()
  target_compile_options(sei_flags INTERFACE -ffunction-sections -fdata-sections)
  # Equal functions once, relocations packed: a program's pages count as its memory.
  target_link_options(sei_flags INTERFACE -Wl,--gc-sections,--icf=safe,-z,pack-relative-relocs
    # What is used of OpenSSL stands together; a name that it does not know any more is passed over.
    "-Wl,--symbol-ordering-file=${CMAKE_SOURCE_DIR}/cmake/openssl_order.txt,--no-warn-symbol-ordering")
  # Its malloc is everyone's: it stands before libstdc++ and libc (docs/decisions/0006).
  target_link_libraries(sei_flags INTERFACE mimalloc)
endif()
target_include_directories(sei_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_link_libraries(sei_flags INTERFACE Boost::headers Boost::json Boost::url OpenSSL::SSL OpenSSL::Crypto fmt::fmt Threads::Threads)

# Asio, Beast and their TLS parts, compiled once.
add_library(sei_boost STATIC "${CMAKE_SOURCE_DIR}/cmake/boost_compiled.cpp")
target_link_libraries(sei_boost PUBLIC sei_flags)

# The precompiled header that every room and test reuses.
add_library(sei_pch STATIC "${CMAKE_SOURCE_DIR}/cmake/pch.cpp")
target_link_libraries(sei_pch PUBLIC sei_flags)
target_precompile_headers(sei_pch PRIVATE "${CMAKE_SOURCE_DIR}/cmake/pch.hpp")
