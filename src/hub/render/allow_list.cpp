#include "hub/render/allow_list.h"

#include <algorithm>

namespace leanspec::hub::render {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_number(std::string_view value, std::size_t digits_max) {
  return !value.empty() && value.size() <= digits_max && std::all_of(value.begin(), value.end(), is_digit);
}

bool is_length(std::string_view value) {
  if (value.ends_with('%')) value.remove_suffix(1);
  return is_number(value, 4);
}

bool is_word(std::string_view value, std::string_view symbols, std::size_t length_max) {
  return !value.empty() && value.size() <= length_max && std::all_of(value.begin(), value.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || symbols.find(c) != std::string_view::npos;
  });
}

bool is_class_allowed(GumboTag tag, std::string_view value) {
  constexpr std::string_view language = "language-";
  if (tag == GUMBO_TAG_CODE) return value.starts_with(language) && is_word(value.substr(language.size()), "_+#.-", 40);
  if (tag == GUMBO_TAG_SECTION) return value == "footnotes";
  if (tag == GUMBO_TAG_SUP) return value == "footnote-ref";
  return tag == GUMBO_TAG_A && value == "footnote-backref";
}

bool is_cell(GumboTag tag) {
  return tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH;
}

}  // namespace

ElementRule element_rule(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_A:
    case GUMBO_TAG_ABBR:
    case GUMBO_TAG_B:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_BR:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_CITE:
    case GUMBO_TAG_CODE:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_DEL:
    case GUMBO_TAG_DETAILS:
    case GUMBO_TAG_DFN:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_EM:
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_I:
    case GUMBO_TAG_IMG:
    case GUMBO_TAG_INPUT:
    case GUMBO_TAG_INS:
    case GUMBO_TAG_KBD:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_MARK:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_P:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_Q:
    case GUMBO_TAG_RP:
    case GUMBO_TAG_RT:
    case GUMBO_TAG_RUBY:
    case GUMBO_TAG_S:
    case GUMBO_TAG_SAMP:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_SMALL:
    case GUMBO_TAG_SPAN:
    case GUMBO_TAG_STRONG:
    case GUMBO_TAG_SUB:
    case GUMBO_TAG_SUMMARY:
    case GUMBO_TAG_SUP:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_TBODY:
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TFOOT:
    case GUMBO_TAG_TH:
    case GUMBO_TAG_THEAD:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_U:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_VAR:
    case GUMBO_TAG_WBR:
      return ElementRule::keep;
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_EMBED:
    case GUMBO_TAG_APPLET:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_NOEMBED:
    case GUMBO_TAG_NOFRAMES:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_XMP:
    case GUMBO_TAG_PLAINTEXT:
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_MATH:
    case GUMBO_TAG_FRAMESET:
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_META:
    case GUMBO_TAG_LINK:
    case GUMBO_TAG_BASE:
      return ElementRule::drop;
    default:
      return ElementRule::unwrap;
  }
}

bool is_void(GumboTag tag) {
  return tag == GUMBO_TAG_BR || tag == GUMBO_TAG_HR || tag == GUMBO_TAG_IMG || tag == GUMBO_TAG_INPUT ||
         tag == GUMBO_TAG_WBR;
}

bool attribute_allowed(GumboTag tag, std::string_view name, std::string_view value) {
  if (name == "title") return true;
  if (name == "dir") return value == "ltr" || value == "rtl" || value == "auto";
  if (name == "lang") return is_word(value, "-", 35);
  if (name == "align") return value == "left" || value == "center" || value == "right";
  if (name == "class") return is_class_allowed(tag, value);
  if (name == "alt") return tag == GUMBO_TAG_IMG;
  if (name == "width" || name == "height") return tag == GUMBO_TAG_IMG && is_length(value);
  if (name == "colspan" || name == "rowspan") return is_cell(tag) && is_number(value, 3);
  if (name == "start") return tag == GUMBO_TAG_OL && is_number(value, 9);
  if (name == "value") return tag == GUMBO_TAG_LI && is_number(value, 9);
  if (name == "reversed") return tag == GUMBO_TAG_OL;
  if (name == "open") return tag == GUMBO_TAG_DETAILS;
  if (name == "aria-label") return tag == GUMBO_TAG_A;
  if (name == "data-footnote-ref" || name == "data-footnote-backref") return tag == GUMBO_TAG_A;
  return name == "data-footnotes" && tag == GUMBO_TAG_SECTION;
}

}  // namespace leanspec::hub::render
