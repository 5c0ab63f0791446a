#include "hub/render/plain_html_tree.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/render/allow_list.h"

namespace leanspec::hub::render {
namespace {

/// Two copies of the text and a node of 150 bytes for each twenty or so of its bytes.
constexpr std::size_t memory_per_byte = 8;

/// Deeper nesting is nobody's prose, and is left to the tree that has a budget.
constexpr std::size_t depth_max = 200;

/// Where an element may stand so that HTML's rules for mending have nothing to do.
enum class Place {
  phrase,  ///< anywhere but between the parts of a table
  block,   ///< the same, but in no paragraph and no heading
  item,    ///< of a list
  rows,    ///< of a table: thead and tbody
  row,
  cell,
  nowhere,  ///< not of plain HTML
};

Place place_of(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_A:
    case GUMBO_TAG_BR:
    case GUMBO_TAG_CODE:
    case GUMBO_TAG_DEL:
    case GUMBO_TAG_EM:
    case GUMBO_TAG_IMG:
    case GUMBO_TAG_INPUT:
    case GUMBO_TAG_STRONG:
    case GUMBO_TAG_SUP:
      return Place::phrase;
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_P:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_UL:
      return Place::block;
    case GUMBO_TAG_LI:
      return Place::item;
    case GUMBO_TAG_TBODY:
    case GUMBO_TAG_THEAD:
      return Place::rows;
    case GUMBO_TAG_TR:
      return Place::row;
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
      return Place::cell;
    default:
      return Place::nowhere;
  }
}

bool is_table_part(GumboTag tag) {
  return tag == GUMBO_TAG_TABLE || tag == GUMBO_TAG_TBODY || tag == GUMBO_TAG_THEAD || tag == GUMBO_TAG_TR;
}

/// Only phrases may stand in these; a link holds no other link.
bool takes_phrases_only(GumboTag tag) {
  const Place place = place_of(tag);
  if (place == Place::phrase || tag == GUMBO_TAG_P || tag == GUMBO_TAG_PRE) return true;
  return tag == GUMBO_TAG_H1 || tag == GUMBO_TAG_H2 || tag == GUMBO_TAG_H3 || tag == GUMBO_TAG_H4 ||
         tag == GUMBO_TAG_H5 || tag == GUMBO_TAG_H6;
}

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t';
}

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/// Line ends that browsers rewrite and characters that gumbo replaces: control characters and what Unicode calls no
/// characters at all. Of the latter some that are characters are taken for them; gumbo knows better.
bool has_replaced_character(std::string_view html) {
  const auto byte = [&](std::size_t i) { return i < html.size() ? static_cast<unsigned char>(html[i]) : 0U; };
  for (std::size_t i = 0; i < html.size(); ++i) {
    const unsigned here = byte(i);
    if (here >= 0x20 && here < 0x7F) continue;
    const unsigned next = byte(i + 1);
    if (here < 0x20 && here != '\n' && here != '\t') return true;
    if (here == 0x7F || (here == 0xC2 && next < 0xA0) || (here == 0xEF && next == 0xB7)) return true;
    if (here == 0xBF && next >= 0xBE) return true;
  }
  return false;
}

}  // namespace

class PlainHtmlTree::Reader {
 public:
  Reader(std::string_view html, std::pmr::memory_resource& memory) : html_(html), memory_(memory) {}

  /// Null: not plain.
  const GumboNode* read() {
    if (has_replaced_character(html_)) return nullptr;
    open_.push_back({new_element(GUMBO_TAG_DIV), 0});
    while (at_ < html_.size()) {
      const bool read = html_[at_] != '<' ? text() : html_.substr(at_).starts_with("</") ? end_tag() : start_tag();
      if (!read) return nullptr;
    }
    if (open_.size() != 1) return nullptr;
    shut();
    return static_cast<const GumboNode*>(siblings_.front());
  }

 private:
  struct Open {
    GumboNode* node;
    std::size_t first_child;  ///< in siblings_
  };

  template <typename Thing>
  Thing* make() {
    return new (memory_.allocate(sizeof(Thing), alignof(Thing))) Thing{};
  }

  GumboNode* new_element(GumboTag tag) {
    auto* node = make<GumboNode>();
    node->type = GUMBO_NODE_ELEMENT;
    node->v.element.tag = tag;
    node->v.element.tag_namespace = GUMBO_NAMESPACE_HTML;
    return node;
  }

  [[nodiscard]] GumboTag parent() const { return open_.back().node->v.element.tag; }

  GumboVector vector_of(const std::vector<void*>& things, std::size_t from) {
    GumboVector vector{};
    vector.length = vector.capacity = static_cast<unsigned>(things.size() - from);
    if (vector.length == 0) return vector;
    vector.data = static_cast<void**>(memory_.allocate(vector.length * sizeof(void*), alignof(void*)));
    std::copy(things.begin() + static_cast<std::ptrdiff_t>(from), things.end(), vector.data);
    return vector;
  }

  /// The innermost element is complete.
  void shut() {
    const Open done = open_.back();
    open_.pop_back();
    done.node->v.element.children = vector_of(siblings_, done.first_child);
    siblings_.resize(done.first_child);
    siblings_.push_back(done.node);
  }

  /// With the entities resolved and a NUL behind it; null when there is one that cmark does not write.
  const char* unescaped(std::string_view text) {
    static constexpr std::pair<std::string_view, char> entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#x27;", '\''}};
    auto* const copy = static_cast<char*>(memory_.allocate(text.size() + 1, 1));
    char* to = copy;
    while (!text.empty()) {
      const std::size_t plain = std::min(text.find('&'), text.size());
      to = std::copy_n(text.data(), plain, to);
      text.remove_prefix(plain);
      if (text.empty()) break;
      const auto* const entity = std::find_if(std::begin(entities), std::end(entities),
                                              [&](const auto& one) { return text.starts_with(one.first); });
      if (entity == std::end(entities)) return nullptr;
      *to++ = entity->second;
      text.remove_prefix(entity->first.size());
    }
    *to = '\0';
    return copy;
  }

  bool text() {
    const std::size_t end = std::min(html_.find('<', at_), html_.size());
    const std::string_view written = html_.substr(at_, end - at_);
    at_ = end;
    const bool blank = std::all_of(written.begin(), written.end(), is_space);
    if (is_table_part(parent()) && !blank) return false;
    const bool first = siblings_.size() == open_.back().first_child;
    if (parent() == GUMBO_TAG_PRE && first && written.front() == '\n') return false;  // browsers drop it
    auto* node = make<GumboNode>();
    node->type = GUMBO_NODE_TEXT;
    node->v.text.text = unescaped(written);
    siblings_.push_back(node);
    return node->v.text.text != nullptr;
  }

  std::string_view name() {
    const std::size_t from = at_;
    while (at_ < html_.size() && is_name(html_[at_])) ++at_;
    return html_.substr(from, at_ - from);
  }

  bool take(std::string_view expected) {
    if (!html_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }

  static GumboTag tag_of(std::string_view name) {
    return gumbo_tagn_enum(name.data(), static_cast<unsigned>(name.size()));
  }

  bool end_tag() {
    at_ += 2;
    const GumboTag tag = tag_of(name());
    if (!take(">") || open_.size() == 1 || tag != parent()) return false;
    shut();
    return true;
  }

  bool start_tag() {
    ++at_;
    const GumboTag tag = tag_of(name());
    if (!fits(tag)) return false;
    GumboNode* node = new_element(tag);
    if (!attributes(node->v.element)) return false;
    if (is_void(tag)) {
      siblings_.push_back(node);
    } else if (open_.size() > depth_max) {
      return false;
    } else {
      open_.push_back({node, siblings_.size()});
    }
    return true;
  }

  /// Whether browsers leave such an element where it stands.
  [[nodiscard]] bool fits(GumboTag tag) const {
    switch (place_of(tag)) {
      case Place::phrase:
        return !is_table_part(parent()) && !is_list(parent()) && (tag != GUMBO_TAG_A || !in_link());
      case Place::block:
        return !is_table_part(parent()) && !is_list(parent()) && !takes_phrases_only(parent());
      case Place::item:
        return is_list(parent());
      case Place::rows:
        return parent() == GUMBO_TAG_TABLE;
      case Place::row:
        return parent() == GUMBO_TAG_TBODY || parent() == GUMBO_TAG_THEAD;
      case Place::cell:
        return parent() == GUMBO_TAG_TR;
      case Place::nowhere:
        return false;
    }
    return false;
  }

  static bool is_list(GumboTag tag) { return tag == GUMBO_TAG_UL || tag == GUMBO_TAG_OL; }

  [[nodiscard]] bool in_link() const {
    return std::any_of(open_.begin(), open_.end(),
                       [](const Open& open) { return open.node->v.element.tag == GUMBO_TAG_A; });
  }

  /// Up to the end of the tag.
  bool attributes(GumboElement& element) {
    std::vector<void*> found;
    while (take(" ")) {
      if (take("/>")) return finish(element, found);
      const std::string_view written = name();
      if (written.empty() || has(found, written)) return false;
      std::string_view value;
      if (take("=\"")) {
        const std::size_t end = html_.find('"', at_);
        if (end == std::string_view::npos) return false;
        value = html_.substr(at_, end - at_);
        if (value.find('<') != std::string_view::npos) return false;
        at_ = end + 1;
      }
      auto* attribute = make<GumboAttribute>();
      attribute->attr_namespace = GUMBO_ATTR_NAMESPACE_NONE;
      attribute->name = unescaped(written);
      attribute->value = unescaped(value);
      if (attribute->value == nullptr) return false;
      found.push_back(attribute);
    }
    return take(">") && finish(element, found);
  }

  static bool has(const std::vector<void*>& attributes, std::string_view name) {
    return std::any_of(attributes.begin(), attributes.end(),
                       [&](const void* one) { return static_cast<const GumboAttribute*>(one)->name == name; });
  }

  bool finish(GumboElement& element, const std::vector<void*>& found) {
    element.attributes = vector_of(found, 0);
    return true;
  }

  std::string_view html_;
  std::pmr::memory_resource& memory_;
  std::size_t at_ = 0;
  std::vector<Open> open_;
  std::vector<void*> siblings_;  ///< of every open element, the outermost first
};

PlainHtmlTree::PlainHtmlTree(std::string_view html)
    : memory_(memory_per_byte * html.size() + 1024), root_(Reader(html, memory_).read()) {}

}  // namespace leanspec::hub::render
