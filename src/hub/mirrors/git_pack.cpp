#include "hub/mirrors/git_pack.h"

#include <zlib.h>

#include <array>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace leanspec::hub::mirrors {
namespace {

constexpr std::size_t header_bytes = 12;

Error broken(std::string why) {
  return Error(ErrorCode::corrupt, "the pack of the git server cannot be read: " + std::move(why), {},
               "The mirror tries again by itself.");
}

Error too_large() {
  return Error(ErrorCode::too_large, "the files of the repository are more than a mirror takes at once", {},
               "Mirror a smaller repository, or one at a server that can filter what it sends.");
}

std::string_view name_of(GitKind kind) {
  switch (kind) {
    case GitKind::commit:
      return "commit";
    case GitKind::tree:
      return "tree";
    case GitKind::blob:
      return "blob";
    case GitKind::tag:
      return "tag";
  }
  return "";
}

/// Bytes that are taken from the front; what is not there any more is zero and noticed.
class Bytes {
 public:
  explicit Bytes(std::string_view all) : rest_(all) {}
  [[nodiscard]] std::uint8_t byte() {
    if (rest_.empty()) {
      ended_ = true;
      return 0;
    }
    const auto taken = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return taken;
  }
  [[nodiscard]] std::string_view take(std::size_t count) {
    if (count > rest_.size()) {
      ended_ = true;
      return {};
    }
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  /// Seven bits a byte, the lowest first.
  [[nodiscard]] std::uint64_t number(std::uint64_t value = 0, unsigned shift = 0) {
    for (;;) {
      const std::uint8_t more = byte();
      if (shift > 56) ended_ = true;
      if (ended_) return 0;
      value |= std::uint64_t{more & 0x7FU} << shift;
      if ((more & 0x80U) == 0) return value;
      shift += 7;
    }
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  std::string_view rest_;
  bool ended_ = false;
};

/// The result of a delta on its base: pieces of the base and new bytes, in turn.
Result<std::string> apply_delta(std::string_view base, std::string_view delta, std::uint64_t bytes_max) {
  Bytes bytes(delta);
  if (bytes.number() != base.size()) return broken("a delta is for another base");
  const std::uint64_t size = bytes.number();
  if (size > bytes_max) return too_large();
  std::string result;
  while (!bytes.rest().empty() && !bytes.ended()) {
    const std::uint8_t code = bytes.byte();
    if ((code & 0x80U) == 0) {
      if (code == 0) return broken("a delta has an unknown step");
      result += bytes.take(code);
    } else {
      std::uint64_t start = 0;
      std::uint64_t count = 0;
      for (unsigned i = 0; i < 4; ++i) {
        if ((code >> i & 1U) != 0) start |= std::uint64_t{bytes.byte()} << (8 * i);
      }
      for (unsigned i = 0; i < 3; ++i) {
        if ((code >> (4 + i) & 1U) != 0) count |= std::uint64_t{bytes.byte()} << (8 * i);
      }
      if (count == 0) count = 0x10000;
      if (start > base.size() || count > base.size() - start) return broken("a delta leaves its base");
      result += base.substr(start, count);
    }
    if (result.size() > size) return broken("a delta makes more than it says");
  }
  if (bytes.ended() || result.size() != size) return broken("a delta makes less than it says");
  return result;
}

class PackReader {
 public:
  PackReader(std::string_view pack, digest::GitHash hash, const PackLimits& limits)
      : pack_(pack), hash_(hash), limits_(limits) {}

  Result<GitObjects> run() {
    const std::size_t trailer = digest::git_id_bytes(hash_);
    if (pack_.size() < header_bytes + trailer || !pack_.starts_with(std::string_view("PACK\0\0\0\2", 8)))
      return broken("it is no pack of version 2");
    // The sum at the end is not looked at: every object is found by a name that is computed from its bytes.
    Bytes bytes(pack_.substr(0, pack_.size() - trailer));
    (void)bytes.take(8);
    std::uint64_t count = 0;
    for (int i = 0; i < 4; ++i) count = count << 8U | bytes.byte();
    if (count > limits_.objects_max) return too_large();
    for (std::uint64_t i = 0; i < count; ++i) LEANSPEC_TRY(read_object(bytes));
    LEANSPEC_TRY(resolve_rest());
    return std::move(objects_);
  }

 private:
  struct Delta {
    std::size_t at = 0;
    std::string bytes;
  };

  Status read_object(Bytes& bytes) {
    const std::size_t at = static_cast<std::size_t>(bytes.rest().data() - pack_.data());
    const std::uint8_t first = bytes.byte();
    const std::uint64_t size = (first & 0x80U) != 0 ? bytes.number(first & 0xFU, 4) : first & 0xFU;
    const unsigned type = first >> 4U & 7U;
    std::optional<GitId> base;
    if (type == 6) {
      const std::size_t back = offset(bytes);
      const auto found = back > at ? by_place_.end() : by_place_.find(at - back);
      // Of a delta on a delta whose own base comes later nothing is known yet; git does not write such packs.
      if (found == by_place_.end()) return broken("a delta has no base");
      base = found->second;
    } else if (type == 7) {
      base = git_id_of_bytes(bytes.take(digest::git_id_bytes(hash_)));
    } else if (type == 0 || type == 5) {
      return broken("an object has an unknown kind");
    }
    if (bytes.ended()) return broken("it was cut short");
    LEANSPEC_ASSIGN(std::string content, inflate_next(bytes, size));
    if (!base) return keep(at, static_cast<GitKind>(type - 1), std::move(content));
    Delta delta{at, std::move(content)};
    const auto found = objects_.find(*base);
    if (found != objects_.end()) return resolve(found->second, delta);
    waiting_[*std::move(base)].push_back(std::move(delta));
    return {};
  }

  /// How far back the base of a delta is.
  static std::size_t offset(Bytes& bytes) {
    std::uint8_t next = bytes.byte();
    std::size_t value = next & 0x7FU;
    for (int i = 0; i < 8 && (next & 0x80U) != 0; ++i) {
      next = bytes.byte();
      value = (value + 1) << 7U | (next & 0x7FU);
    }
    return value;
  }

  Result<std::string> inflate_next(Bytes& bytes, std::uint64_t size) {
    if (size > limits_.bytes_max - used_) return too_large();
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) return broken("there is no memory for it");
    const std::unique_ptr<z_stream, decltype(&inflateEnd)> ended(&stream, &inflateEnd);
    const std::string_view input = bytes.rest().substr(0, UINT32_MAX);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream.avail_in = static_cast<uInt>(input.size());
    std::string content;
    std::array<char, 32 * 1024> piece{};
    for (int state = Z_OK; state != Z_STREAM_END;) {
      stream.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream.avail_out = static_cast<uInt>(piece.size());
      state = inflate(&stream, Z_NO_FLUSH);
      content.append(piece.data(), piece.size() - stream.avail_out);
      if ((state != Z_OK && state != Z_STREAM_END) || content.size() > size) return broken("an object does not unpack");
    }
    if (content.size() != size) return broken("an object is shorter than it says");
    (void)bytes.take(input.size() - stream.avail_in);
    used_ += size;
    return content;
  }

  Status keep(std::size_t at, GitKind kind, std::string content) {
    GitId id{digest::git_object_id(hash_, name_of(kind), content)};
    by_place_.emplace(at, id);
    newest_ = objects_.insert_or_assign(std::move(id), GitObject{kind, std::move(content)}).first;
    return {};
  }

  Status resolve(const GitObject& base, const Delta& delta) {
    LEANSPEC_ASSIGN(std::string content, apply_delta(base.bytes, delta.bytes, limits_.bytes_max - used_));
    used_ += content.size();
    return keep(delta.at, base.kind, std::move(content));
  }

  /// Each once, however long the chains are and whatever order they came in.
  Status resolve_rest() {
    std::vector<GitObjects::const_iterator> bases;
    for (const auto& [id, deltas] : waiting_) {
      if (const auto found = objects_.find(id); found != objects_.end()) bases.push_back(found);
    }
    while (!bases.empty()) {
      const auto base = bases.back();
      bases.pop_back();
      const auto found = waiting_.find(base->first);
      if (found == waiting_.end()) continue;
      const std::vector<Delta> deltas = std::move(found->second);
      waiting_.erase(found);
      for (const Delta& delta : deltas) {
        LEANSPEC_TRY(resolve(base->second, delta));
        bases.push_back(newest_);
      }
    }
    return waiting_.empty() ? Status() : broken("a delta has no base");
  }

  const std::string_view pack_;
  const digest::GitHash hash_;
  const PackLimits& limits_;
  GitObjects objects_;
  GitObjects::const_iterator newest_;
  std::unordered_map<std::size_t, GitId> by_place_;
  std::map<GitId, std::vector<Delta>> waiting_;  ///< for a base that comes later
  std::uint64_t used_ = 0;
};

}  // namespace

Result<GitObjects> read_git_pack(std::string_view pack, digest::GitHash hash, const PackLimits& limits) {
  return PackReader(pack, hash, limits).run();
}

}  // namespace leanspec::hub::mirrors
