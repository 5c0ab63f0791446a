# leanspec_embed_web(<target> <dist folder>): a library with every file of the built web app, compressed at build time.
# An absent folder gives a library without files, so that the hub builds before the web app does.
function(leanspec_embed_web target dist)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/web_files.cpp)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${dist}/*)
  add_executable(embed_web ${PROJECT_SOURCE_DIR}/cmake/embed_web.cpp)
  target_link_libraries(embed_web PRIVATE PkgConfig::BROTLI ZLIB::ZLIB OpenSSL::Crypto)
  add_custom_command(
    OUTPUT ${generated}
    COMMAND embed_web ${dist} ${generated}
    DEPENDS embed_web ${files}
    COMMENT "Embedding the web app")
  add_library(${target} STATIC ${generated})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
endfunction()
