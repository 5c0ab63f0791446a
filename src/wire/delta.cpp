#include "wire/delta.h"

#include "compression/zstd_delta.h"
#include "compression/zstd_frame.h"
#include "digest/sha256.h"
#include "wire/limits.h"

namespace leanspec::wire {
namespace {

/// Where the delta of a text from this size on is that many times smaller, so is it than the whole body: no text of
/// people compresses so well, and of one that does both are next to nothing. So the edit of a line costs no compression
/// of the whole, which takes longer than the delta.
constexpr std::size_t compared_bytes_max = 4 * limits::KiB;
constexpr std::size_t surely_smaller = 16;

}  // namespace

std::optional<std::string> make_delta(std::string_view base, std::string_view target) {
  if (base.empty() || target.size() < limits::delta_saving_bytes_min) return std::nullopt;
  if (base.size() > limits::delta_document_bytes_max || target.size() > limits::delta_document_bytes_max)
    return std::nullopt;
  auto delta = compression::compress_against(base, target);
  if (!delta || delta->size() + limits::delta_saving_bytes_min > target.size()) return std::nullopt;
  if (target.size() >= compared_bytes_max && delta->size() <= target.size() / surely_smaller) return delta;
  // Against what the whole body would take, which is what the delta competes with.
  if (delta->size() + limits::delta_saving_bytes_min > compression::compress(target).size()) return std::nullopt;
  return delta;
}

Result<std::string> apply_delta(std::string_view base, std::string_view delta, std::size_t size,
                                const Digest& expected) {
  if (base.size() > limits::delta_document_bytes_max || size > limits::delta_document_bytes_max) {
    return Error(ErrorCode::too_large, "a delta is only made for documents up to " +
                                           std::to_string(limits::delta_document_bytes_max) + " bytes");
  }
  LEANSPEC_ASSIGN(auto target, compression::decompress_against(base, delta, size));
  if (digest::sha256(target) != expected)
    return Error(ErrorCode::corrupt, "the delta does not give the document that it names");
  return target;
}

}  // namespace leanspec::wire
