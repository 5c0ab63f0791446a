#include "hub/render/html_cleaner.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "hub/render/address.h"
#include "hub/render/allow_list.h"
#include "hub/render/html_tree.h"
#include "hub/render/plain_html_tree.h"

namespace leanspec::hub::render {
namespace {

/// Deeper nesting is refused: the writer below is recursive, and so are browsers in places.
constexpr int depth_max = 200;

std::string_view attribute(const GumboElement& element, const char* name) {
  const GumboAttribute* found = gumbo_get_attribute(&element.attributes, name);
  return found == nullptr ? std::string_view() : std::string_view(found->value);
}

bool is_element(const GumboNode& node, GumboTag tag) {
  return node.type == GUMBO_NODE_ELEMENT && node.v.element.tag == tag &&
         node.v.element.tag_namespace == GUMBO_NAMESPACE_HTML;
}

bool is_heading(GumboTag tag) {
  return tag == GUMBO_TAG_H1 || tag == GUMBO_TAG_H2 || tag == GUMBO_TAG_H3 || tag == GUMBO_TAG_H4 ||
         tag == GUMBO_TAG_H5 || tag == GUMBO_TAG_H6;
}

bool is_footnote_id(std::string_view id) {
  if (!id.starts_with("fn-") && !id.starts_with("fnref-")) return false;
  return id.size() <= 80 && id.find_first_of(" \"'<>&\t\n\r\f") == std::string_view::npos;
}

/// An id that raw HTML gives itself; kept apart from the page's own by a prefix, as GitHub does.
bool is_own_id(std::string_view id) {
  return !id.empty() && id.size() <= 80 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

class Cleaner {
 public:
  Cleaner(const Marks& marks, const RenderOptions& options) : marks_(marks), options_(options) {
    for (const Heading& heading : marks.headings) slugs_.insert(heading.slug);
  }

  void children(const GumboVector& nodes, int depth) {
    for (unsigned i = 0; i < nodes.length; ++i) node(*static_cast<const GumboNode*>(nodes.data[i]), depth);
  }

  std::optional<std::string> take() {
    if (too_deep_) return std::nullopt;
    return std::move(out_);
  }

 private:
  void node(const GumboNode& node, int depth) {
    switch (node.type) {
      case GUMBO_NODE_TEXT:
      case GUMBO_NODE_WHITESPACE:
      case GUMBO_NODE_CDATA:
        append_escaped(out_, node.v.text.text);
        return;
      case GUMBO_NODE_ELEMENT:
        element(node.v.element, depth);
        return;
      case GUMBO_NODE_DOCUMENT:
      case GUMBO_NODE_COMMENT:
      case GUMBO_NODE_TEMPLATE:
        return;
    }
  }

  void element(const GumboElement& element, int depth) {
    if (element.tag_namespace != GUMBO_NAMESPACE_HTML) return;
    if (depth > depth_max) {
      too_deep_ = true;
      return;
    }
    switch (element_rule(element.tag)) {
      case ElementRule::drop:
        return;
      case ElementRule::unwrap:
        children(element.children, depth + 1);
        return;
      case ElementRule::keep:
        break;
    }
    if (element.tag == GUMBO_TAG_INPUT) {
      checkbox(element);
      return;
    }
    if (element.tag == GUMBO_TAG_IMG) {
      image(element);
      return;
    }
    if (element.tag == GUMBO_TAG_A && !attribute(element, "href").empty()) {
      link(element, depth);
      return;
    }
    open(element);
    if (is_heading(element.tag)) heading_id(element);
    if (element.tag == GUMBO_TAG_LI && has_checkbox(element)) out_ += " class=\"task-list-item\"";
    out_ += '>';
    if (is_void(element.tag)) return;
    children(element.children, depth + 1);
    close(element.tag);
  }

  /// The start tag without its '>', with the attributes that may stay.
  void open(const GumboElement& element) {
    out_ += '<';
    out_ += gumbo_normalized_tagname(element.tag);
    for (unsigned i = 0; i < element.attributes.length; ++i) {
      const auto& one = *static_cast<const GumboAttribute*>(element.attributes.data[i]);
      if (one.attr_namespace != GUMBO_ATTR_NAMESPACE_NONE || !attribute_allowed(element.tag, one.name, one.value))
        continue;
      write(one.name, one.value);
    }
    const std::string_view id = attribute(element, "id");
    if (is_footnote_id(id)) {
      write("id", id);
    } else if (is_own_id(id)) {
      write("id", "user-content-" + std::string(id));
    }
  }

  void close(GumboTag tag) {
    out_ += "</";
    out_ += gumbo_normalized_tagname(tag);
    out_ += '>';
  }

  void write(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    append_escaped(out_, value);
    out_ += '"';
  }

  /// The number behind `kind` in the renderer's mark; nothing without one.
  [[nodiscard]] std::optional<std::size_t> mark(const GumboElement& element, char kind, std::size_t size) const {
    const std::string_view value = attribute(element, marks_.attribute.c_str());
    std::size_t number = 0;
    if (value.size() < 2 || value.front() != kind) return std::nullopt;
    const auto [end, error] = std::from_chars(value.data() + 1, value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size() || number >= size) return std::nullopt;
    return number;
  }

  void heading_id(const GumboElement& element) {
    if (const auto number = mark(element, 'h', marks_.headings.size())) write("id", marks_.headings[*number].slug);
  }

  void checkbox(const GumboElement& element) {
    const auto number = mark(element, 't', marks_.tasks.size());
    if (!number) return;
    const Task& task = marks_.tasks[*number];
    out_ += "<input type=\"checkbox\"";
    write("data-task", std::to_string(*number));
    write("data-line", std::to_string(task.line));
    if (task.checked) out_ += " checked";
    out_ += " disabled> ";
  }

  [[nodiscard]] bool has_checkbox(const GumboElement& item) const {
    const auto in = [&](const GumboVector& nodes) {
      for (unsigned i = 0; i < nodes.length; ++i) {
        const auto& node = *static_cast<const GumboNode*>(nodes.data[i]);
        if (is_element(node, GUMBO_TAG_INPUT) && mark(node.v.element, 't', marks_.tasks.size())) return true;
      }
      return false;
    };
    if (in(item.children)) return true;
    for (unsigned i = 0; i < item.children.length; ++i) {
      const auto& node = *static_cast<const GumboNode*>(item.children.data[i]);
      if (is_element(node, GUMBO_TAG_P)) return in(node.v.element.children);
    }
    return false;
  }

  void image(const GumboElement& element) {
    Address address = image_address(attribute(element, "src"));
    if (address.kind == AddressKind::relative && options_.resolve_image) {
      const auto resolved = options_.resolve_image(address.text);
      address = resolved ? image_address(*resolved) : Address{};
    }
    if (address.kind == AddressKind::refused || address.text.empty()) {
      append_escaped(out_, attribute(element, "alt"));
      return;
    }
    open(element);
    // Without one, a reader of the screen would read the address aloud.
    if (gumbo_get_attribute(&element.attributes, "alt") == nullptr) write("alt", attribute(element, "title"));
    write("src", address.text);
    out_ += " loading=\"lazy\">";
  }

  void link(const GumboElement& element, int depth) {
    Address address = link_address(attribute(element, "href"));
    if (address.kind == AddressKind::relative && options_.resolve_link) {
      const auto resolved = options_.resolve_link(address.text);
      if (!resolved) {
        out_ += "<span class=\"broken-link\"";
        write("title", "There is no " + address.text + " here");
        out_ += '>';
        children(element.children, depth + 1);
        out_ += "</span>";
        return;
      }
      address = link_address(*resolved);
    }
    open(element);
    switch (address.kind) {
      case AddressKind::refused:
        break;
      case AddressKind::external:
        write("href", address.text);
        out_ += " target=\"_blank\" rel=\"noopener noreferrer\"";
        break;
      case AddressKind::relative:
        write("href", address.text);
        break;
      case AddressKind::fragment:
        write("href", fragment(address.text));
        break;
    }
    out_ += '>';
    children(element.children, depth + 1);
    close(GUMBO_TAG_A);
  }

  /// A place on this page: a heading or footnote by its own name, what raw HTML named by its prefix.
  [[nodiscard]] std::string fragment(std::string_view address) const {
    const std::string_view name = address.substr(1);
    if (!is_own_id(name) || is_footnote_id(name) || slugs_.contains(name)) return std::string(address);
    return "#user-content-" + std::string(name);
  }

  const Marks& marks_;
  const RenderOptions& options_;
  std::set<std::string, std::less<>> slugs_;
  std::string out_;
  bool too_deep_ = false;
};

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
}

std::optional<std::string> clean_html(std::string_view html, const Marks& marks, const RenderOptions& options) {
  const auto clean = [&](const GumboNode& root) {
    Cleaner cleaner(marks, options);
    cleaner.children(root.v.element.children, 0);
    return cleaner.take();
  };
  if (const PlainHtmlTree plain(html); plain.root() != nullptr) return clean(*plain.root());
  const HtmlTree tree(html);
  if (tree.root() == nullptr) return std::nullopt;
  return clean(*tree.root());
}

}  // namespace leanspec::hub::render
