#include "store/name_key.h"

namespace leanspec::store {

std::string name_key(std::string_view name) {
  std::string key(name);
  for (char& letter : key) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return key;
}

}  // namespace leanspec::store
