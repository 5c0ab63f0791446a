# One warning policy for all our code: warnings are errors. Third-party headers come in as SYSTEM and stay quiet.
add_library(leanspec_warnings INTERFACE)
target_compile_options(leanspec_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wimplicit-fallthrough -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these wrongly at -O2 inside std::variant, std::string and coroutine frames (bugs 105562, 105329, 107852).
  target_compile_options(leanspec_warnings INTERFACE
    -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds -Wno-stringop-overread -Wno-dangling-pointer -Wno-free-nonheap-object)
else()
  target_compile_options(leanspec_warnings INTERFACE -Wno-c99-designator)
endif()
