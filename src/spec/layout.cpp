#include "spec/layout.h"

#include <algorithm>
#include <charconv>

namespace leanspec::spec {

namespace {
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
}  // namespace

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string_view leaf_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_spec_path(std::string_view path) {
  if (leaf_of(path) != main_file) return false;
  const std::string_view name = leaf_of(folder_of(path));
  if (name.empty() || !is_digit(name.front())) return false;
  return std::count(path.begin(), path.end(), '/') < spec_depth_max;
}

SpecName split_spec_name(std::string_view folder_name) {
  const auto digits = static_cast<std::size_t>(std::find_if_not(folder_name.begin(), folder_name.end(), is_digit) -
                                               folder_name.begin());
  SpecName name;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(folder_name.data(), folder_name.data() + digits, number);
  if (digits > 0 && error == std::errc{}) name.number = number;
  name.name = folder_name.substr(digits);
  if (name.name.starts_with('-')) name.name.remove_prefix(1);
  if (name.name.empty()) name.name = folder_name;
  return name;
}

}  // namespace leanspec::spec
