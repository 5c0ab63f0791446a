# leanspec_embed_texts(<target> <header> <function> <file>...): adds to the target a source that defines <function>, which the header
# declares as std::span<const std::pair<std::string_view, std::string_view>>: name and text of each file.
function(leanspec_embed_texts target header function)
  set(rows "")
  foreach(file IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    get_filename_component(name ${file} NAME)
    file(READ ${file} text)
    string(APPEND rows "    {\"${name}\", R\"text(${text})text\"},\n")
  endforeach()
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${target}_texts.cpp)
  file(GENERATE OUTPUT ${generated} CONTENT
"#include <array>

#include \"${header}\"

namespace {
constexpr std::pair<std::string_view, std::string_view> texts[] = {
${rows}};
}  // namespace

std::span<const std::pair<std::string_view, std::string_view>> ${function}() { return texts; }
")
  target_sources(${target} PRIVATE ${generated})
endfunction()
