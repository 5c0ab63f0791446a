#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hub/render/markdown.h"

namespace leanspec::hub::render {

/// What the renderer knows and raw HTML must not claim. The renderer marks its own headings and checkboxes with an
/// attribute of this name, which does not occur in the text: "h3" is the heading number 3, "t5" the task number 5.
struct Marks {
  std::string attribute;
  const std::vector<Heading>& headings;
  const std::vector<Task>& tasks;
};

/// Lets through what an allow-list names and rewrites links and images; everything else goes, scripts and the like with
/// all that is in them. The result is written anew from the parsed tree, so nothing of the input's spelling survives.
/// Nothing when the HTML is too deep or too expensive to parse.
[[nodiscard]] std::optional<std::string> clean_html(std::string_view html, const Marks& marks,
                                                    const RenderOptions& options);

/// Text for between tags, and for inside a quoted attribute.
void append_escaped(std::string& out, std::string_view text);

}  // namespace leanspec::hub::render
