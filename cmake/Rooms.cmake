# A room is a folder under src/, a library, and the list of the rooms that it may use.
#
#   sei_room(kube_runtime USES kube_client kube_json LINKS prometheus-cpp::core)
#
# The folder is the current one; every .cpp in it belongs to the room, so a new file needs no line here.
# A room that is not in USES cannot be linked, which is what keeps the direction of the architecture.
function(sei_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp" "${CMAKE_CURRENT_SOURCE_DIR}/detail/*.cpp")
  if(NOT sources)
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE sei_flags ${ROOM_USES} ${ROOM_LINKS})
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC sei_flags ${ROOM_USES} ${ROOM_LINKS})
  target_compile_options(${name} PRIVATE -Wglobal-constructors -Wexit-time-destructors)
  target_precompile_headers(${name} REUSE_FROM sei_pch)
endfunction()

# One test program for a room (or a suite): every *_test.cpp of the current folder.
#
#   sei_tests(kube_runtime_test USES kube_runtime LABELS fast)
#
# The program gets the repository's root in SEI_SOURCE_DIR, to find golden files in testdata/.
function(sei_tests name)
  cmake_parse_arguments(TESTS "" "TIMEOUT" "USES;LABELS;SOURCES" ${ARGN})
  if(TESTS_SOURCES)
    set(sources ${TESTS_SOURCES})
  else()
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp")
  endif()
  if(NOT sources)
    return()
  endif()
  if(NOT TESTS_LABELS)
    set(TESTS_LABELS fast)
  endif()
  if(NOT TESTS_TIMEOUT)
    set(TESTS_TIMEOUT 120)
  endif()
  add_executable(${name} ${sources})
  # sei_boost: the precompiled header names Asio's error categories in every file.
  target_link_libraries(${name} PRIVATE sei_flags ${TESTS_USES} sei_boost GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE SEI_SOURCE_DIR="${CMAKE_SOURCE_DIR}" SEI_BINARY_DIR="${CMAKE_BINARY_DIR}")
  target_precompile_headers(${name} REUSE_FROM sei_pch)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${TESTS_LABELS}" TIMEOUT ${TESTS_TIMEOUT})
endfunction()

# A program: cmd/<name>/*.cpp.
function(sei_program name)
  cmake_parse_arguments(PROGRAM "" "" "USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp")
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE sei_flags ${PROGRAM_USES} sei_boost)
  target_precompile_headers(${name} REUSE_FROM sei_pch)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
endfunction()
