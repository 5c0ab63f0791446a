// links: digest text ZLIB::ZLIB
// sources: hub/mirrors/git_pack.cpp hub/mirrors/git_tree.cpp hub/mirrors/git_wire.cpp hub/mirrors/git_id.cpp
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "hub/mirrors/git_pack.h"
#include "hub/mirrors/git_wire.h"

using namespace leanspec;

namespace {

std::string deflated(std::string_view bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::string packed(size, '\0');
  if (compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                static_cast<uLong>(bytes.size()), 0) != Z_OK)
    std::abort();
  packed.resize(size);
  return packed;
}

/// A pack with objects cut out of the input, since hardly any change of a compressed byte leaves something to read: a
/// byte says how long one is, and the bytes of its head follow as they are.
std::string pack_of(std::string_view input) {
  std::string objects;
  std::uint8_t count = 0;
  while (input.size() > 3 && count < 100) {
    const auto head = static_cast<std::size_t>(static_cast<std::uint8_t>(input[0]) % 24);
    const auto body = static_cast<std::size_t>(static_cast<std::uint8_t>(input[1]));
    input.remove_prefix(2);
    objects += input.substr(0, head);
    input.remove_prefix(std::min(head, input.size()));
    objects += deflated(input.substr(0, body));
    input.remove_prefix(std::min(body, input.size()));
    ++count;
  }
  return std::string("PACK\0\0\0\2\0\0\0", 11) + static_cast<char>(count) + objects + std::string(20, '\0');
}

}  // namespace

/// Whatever a git server sends: it is refused in words, or every object has the name that git gives it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  hub::mirrors::PackLimits limits;
  limits.bytes_max = 1024 * 1024;
  for (const std::string& pack : {std::string(input), pack_of(input)}) {
    const auto objects = hub::mirrors::read_git_pack(pack, digest::GitHash::sha1, limits);
    if (!objects) continue;
    for (const auto& [id, object] : *objects) {
      if (object.kind == hub::mirrors::GitKind::blob &&
          id.value() != digest::git_blob_id(digest::GitHash::sha1, object.bytes))
        std::abort();
      static_cast<void>(hub::mirrors::tree_of_git_commit(object.bytes));
      static_cast<void>(hub::mirrors::entries_of_git_tree(object.bytes, digest::GitHash::sha1));
    }
  }
  static_cast<void>(hub::mirrors::parse_git_advertisement(input));
  static_cast<void>(hub::mirrors::parse_git_refs(input));
  static_cast<void>(hub::mirrors::parse_git_fetch(input));
  return 0;
}
