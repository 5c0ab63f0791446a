# leanspec_library(<folder> USES <folders...> [LIBRARIES <outside libraries...>] [PUBLIC_LIBRARIES <...>] [NO_WARNINGS_ON <sources>])
#
# Folder = target = namespace. Every .cpp of the folder belongs to it: `x.cpp` to the library leanspec_<folder>, `x_test.cpp` to
# the test program <folder>_test, `main.cpp` to neither (leanspec_program takes it). USES is the law of who may include whom:
# tests/layering compares every #include with the file that this function writes.
function(leanspec_library folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "USES;LIBRARIES;PUBLIC_LIBRARIES;TEST_USES;TEST_LIBRARIES")
  string(REPLACE "/" "_" name ${folder})
  set(target leanspec_${name})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp)
  set(mains ${sources})
  list(FILTER mains INCLUDE REGEX "/main\\.cpp$")
  if(tests OR mains)
    list(REMOVE_ITEM sources ${tests} ${mains})
  endif()

  set(uses "")
  foreach(used IN LISTS arg_USES)
    string(REPLACE "/" "_" used_name ${used})
    list(APPEND uses leanspec_${used_name})
  endforeach()

  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${target} PUBLIC ${uses} ${arg_PUBLIC_LIBRARIES} PRIVATE leanspec_warnings ${arg_LIBRARIES})
    if(LEANSPEC_SANITIZE AND folder MATCHES "^net(/|$)")
      # WebSocket over TLS under sanitizers takes 158 s and 2 GB a file at -O1, and 30 s at -O0.
      target_compile_options(${target} PRIVATE -O0)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${target} INTERFACE ${uses} ${arg_PUBLIC_LIBRARIES})
  endif()

  list(JOIN arg_USES " " uses_line)
  list(JOIN arg_TEST_USES " " test_uses_line)
  set_property(GLOBAL APPEND PROPERTY LEANSPEC_LAYERS "${folder}: ${uses_line} | ${test_uses_line}")

  if(LEANSPEC_TESTS AND tests)
    set(test_uses "")
    foreach(used IN LISTS arg_TEST_USES)
      string(REPLACE "/" "_" used_name ${used})
      list(APPEND test_uses leanspec_${used_name})
    endforeach()
    leanspec_test(${name}_test SOURCES ${tests} LIBRARIES ${target} ${test_uses} ${arg_LIBRARIES} ${arg_TEST_LIBRARIES})
  endif()
endfunction()

# leanspec_test(<name> SOURCES ... LIBRARIES ... [LABELS unit|contract|simulation|e2e ...]): a GoogleTest program, one CTest entry.
function(leanspec_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES;LABELS")
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} leanspec_warnings GTest::gtest_main GTest::gmock)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # EXPECT_EQ behind an `if` holds an `else` of its own, on purpose; g++ warns about it and clang knows it.
    target_compile_options(${name} PRIVATE -Wno-dangling-else)
  endif()
  if(arg_LABELS MATCHES "unit|contract")
    # The product is what is optimised; property tests and matchers at -O2 take a minute a file with g++ and test nothing more.
    target_compile_options(${name} PRIVATE -O0)
  endif()
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=0)
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}")
endfunction()

# leanspec_program(<binary> <folder>): links <folder>/main.cpp with the folder's library.
function(leanspec_program binary folder)
  string(REPLACE "/" "_" name ${folder})
  add_executable(${binary} ${PROJECT_SOURCE_DIR}/src/${folder}/main.cpp)
  target_link_libraries(${binary} PRIVATE leanspec_${name} leanspec_warnings)
  set_target_properties(${binary} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endfunction()
