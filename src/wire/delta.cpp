#include "wire/delta.h"

#include <zstd.h>

#include <algorithm>
#include <bit>
#include <memory>

#include "digest/sha256.h"
#include "wire/limits.h"

namespace leanspec::wire {
namespace {

/// The level of whole bodies: a delta must not be slower than what it saves.
constexpr int level = 3;
/// From this size the match finder of the level forgets the far end of the base, and long-distance matching takes over
/// (facebook/zstd, "patch-from").
constexpr std::size_t long_distance_bytes_min = 1 * limits::MiB;

struct CompressorDeleter {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct DecompressorDeleter {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

[[nodiscard]] Error not_a_delta() {
  return Error(ErrorCode::corrupt, "the delta does not give the document that it names");
}

}  // namespace

std::optional<std::string> make_delta(std::string_view base, std::string_view target) {
  if (base.empty() || target.size() < limits::delta_saving_bytes_min) return std::nullopt;
  if (base.size() > limits::delta_document_bytes_max || target.size() > limits::delta_document_bytes_max)
    return std::nullopt;

  // A context of its own: with a window over base and target its tables are as large as the documents, and deltas of
  // large documents are too rare to keep that memory.
  const std::unique_ptr<ZSTD_CCtx, CompressorDeleter> context(ZSTD_createCCtx());
  if (context == nullptr) return std::nullopt;
  const int window_log = std::max(10, static_cast<int>(std::bit_width(base.size() + target.size())));
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, window_log);
  if (base.size() + target.size() >= long_distance_bytes_min) {
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_enableLongDistanceMatching, 1);
  }
  if (ZSTD_isError(ZSTD_CCtx_refPrefix(context.get(), base.data(), base.size())) != 0) return std::nullopt;
  std::string delta(ZSTD_compressBound(target.size()), '\0');
  const std::size_t size = ZSTD_compress2(context.get(), delta.data(), delta.size(), target.data(), target.size());
  if (ZSTD_isError(size) != 0 || size + limits::delta_saving_bytes_min > target.size()) return std::nullopt;
  delta.resize(size);

  // Against what the whole body would take, which is what the delta competes with.
  std::string whole(ZSTD_compressBound(target.size()), '\0');
  ZSTD_CCtx_reset(context.get(), ZSTD_reset_session_and_parameters);
  const std::size_t whole_size =
      ZSTD_compressCCtx(context.get(), whole.data(), whole.size(), target.data(), target.size(), level);
  if (ZSTD_isError(whole_size) != 0 || size + limits::delta_saving_bytes_min > whole_size) return std::nullopt;
  return delta;
}

Result<std::string> apply_delta(std::string_view base, std::string_view delta, std::size_t size,
                                const Digest& expected) {
  if (base.size() > limits::delta_document_bytes_max || size > limits::delta_document_bytes_max) {
    return Error(ErrorCode::too_large, "a delta is only made for documents up to " +
                                           std::to_string(limits::delta_document_bytes_max) + " bytes");
  }
  const unsigned long long claimed = ZSTD_getFrameContentSize(delta.data(), delta.size());
  if (claimed == ZSTD_CONTENTSIZE_ERROR || claimed == ZSTD_CONTENTSIZE_UNKNOWN) return not_a_delta();
  if (claimed > size)
    return Error(ErrorCode::too_large,
                 "the delta holds more than the " + std::to_string(size) + " bytes that were announced");
  if (claimed != size || ZSTD_findFrameCompressedSize(delta.data(), delta.size()) != delta.size()) return not_a_delta();

  const std::unique_ptr<ZSTD_DCtx, DecompressorDeleter> context(ZSTD_createDCtx());
  if (context == nullptr) return Error(ErrorCode::unavailable, "no memory for a delta");
  if (ZSTD_isError(ZSTD_DCtx_refPrefix(context.get(), base.data(), base.size())) != 0) return not_a_delta();
  // At most delta_document_bytes_max, checked above; decompressed in one step, so that zstd needs no window of its own.
  std::string target(size, '\0');
  const std::size_t produced =
      ZSTD_decompressDCtx(context.get(), target.data(), target.size(), delta.data(), delta.size());
  if (ZSTD_isError(produced) != 0 || produced != size || digest::sha256(target) != expected) return not_a_delta();
  return target;
}

}  // namespace leanspec::wire
