#include "hub/render/slug.h"

#include <utf8proc.h>

namespace leanspec::hub::render {
namespace {

bool stays(utf8proc_int32_t character) {
  if (character == '-') return true;
  switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
      return true;
    default:
      return false;
  }
}

std::string slug_of(std::string_view heading) {
  std::string slug;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(heading.data());
  auto left = static_cast<utf8proc_ssize_t>(heading.size());
  while (left > 0) {
    utf8proc_int32_t character = 0;
    utf8proc_ssize_t taken = utf8proc_iterate(bytes, left, &character);
    if (taken <= 0) {
      taken = 1;  // no UTF-8; the byte has no place in an id
    } else if (character == ' ') {
      slug += '-';
    } else if (stays(character)) {
      utf8proc_uint8_t encoded[4];
      const utf8proc_ssize_t length = utf8proc_encode_char(utf8proc_tolower(character), encoded);
      slug.append(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(length));
    }
    bytes += taken;
    left -= taken;
  }
  return slug.empty() ? "section" : slug;
}

}  // namespace

std::string Slugs::next(std::string_view heading) {
  const std::string slug = slug_of(heading);
  std::string unique = slug;
  while (used_.contains(unique)) unique = slug + '-' + std::to_string(++used_[slug]);
  used_.emplace(unique, 0);
  return unique;
}

}  // namespace leanspec::hub::render
