#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leanspec::hub::render {

/// A longer text is shown as it is written: pages of this size are not read, and rendering must not hold up other
/// readers.
inline constexpr std::size_t rendered_bytes_max = 256 * 1024;
/// Of a text shown as written, this much.
inline constexpr std::size_t shown_bytes_max = 2 * 1024 * 1024;
/// Deeper nesting of quotes and lists is an attack on those who walk the tree.
inline constexpr std::size_t nesting_max = 64;
/// Raw HTML beyond this many bytes or tags is shown as text: HTML's rules for broken tags cost more than linear time.
inline constexpr std::size_t raw_html_bytes_max = 32 * 1024;
inline constexpr std::size_t raw_html_tags_max = 1000;

/// One line of the table of contents.
struct Heading {
  int level = 1;     ///< 1 to 6
  std::string text;  ///< without markup
  std::string slug;  ///< the id of the element; GitHub's rule, "-1", "-2" for repeated ones
  std::uint32_t line = 0;

  friend bool operator==(const Heading&, const Heading&) = default;
};

/// A checkbox, in order; its element carries data-task (place in this list) and data-line.
struct Task {
  std::uint32_t line = 0;  ///< 1-based, in the file
  bool checked = false;

  friend bool operator==(const Task&, const Task&) = default;
};

struct RenderOptions {
  /// Line of the text's first line in its file.
  std::uint32_t first_line = 1;
  /// Where a relative link ("../082-x/README.md#design", "./DESIGN.md") leads in the web app; nothing: there is no such
  /// page, and the link is shown as broken. Absent: relative links stay as they are.
  std::function<std::optional<std::string>(std::string_view href)> resolve_link;
  /// The same for images with a relative address.
  std::function<std::optional<std::string>(std::string_view source)> resolve_image;
};

/// What the browser is given. `html` is safe to put into a page: only elements and attributes of an allow-list, no
/// scripts, handlers, styles or foreign content, links to http(s), mailto and the app only.
struct RenderedMarkdown {
  std::string html;
  std::vector<Heading> headings;
  std::vector<Task> tasks;
  bool as_written = false;  ///< too large, too deep or too costly to render; html shows the text itself
  bool truncated = false;   ///< even that was cut off
};

/// GitHub's Markdown (tables, task lists, footnotes, autolinks, strikethrough) to clean HTML. Pure and safe from every
/// thread; time and memory are bounded whatever the text is. Code is left to the browser to highlight (class
/// language-x).
[[nodiscard]] RenderedMarkdown render_markdown(std::string_view markdown, const RenderOptions& options = {});

}  // namespace leanspec::hub::render
