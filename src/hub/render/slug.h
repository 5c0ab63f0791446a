#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace leanspec::hub::render {

/// GitHub's ids for headings: lower case, spaces become dashes, punctuation and symbols go; a repeated one gets "-1",
/// "-2".
class Slugs {
 public:
  [[nodiscard]] std::string next(std::string_view heading);

 private:
  std::map<std::string, std::size_t, std::less<>> used_;
};

}  // namespace leanspec::hub::render
