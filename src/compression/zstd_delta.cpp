#include "compression/zstd_delta.h"

#include <zstd.h>

#include <algorithm>
#include <bit>
#include <memory>

namespace leanspec::compression {
namespace {

/// The level of whole bodies: a delta must not be slower than what it saves.
constexpr int level = 3;
/// zstd refuses a smaller window.
constexpr int window_log_min = 10;
/// From this size the match finder of the level forgets the far end of the base, and long-distance matching takes over
/// (facebook/zstd, "patch-from").
constexpr std::size_t long_distance_bytes_min = std::size_t{1024} * 1024;

/// Of base and target together: up to here one context, which costs more to make than to use, serves every delta, and the
/// last one is remembered with its frame, since an edit goes to many.
constexpr std::size_t shared_bytes_max = std::size_t{64} * 1024;

struct CompressorDeleter {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct DecompressorDeleter {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

using Compressor = std::unique_ptr<ZSTD_CCtx, CompressorDeleter>;
using Decompressor = std::unique_ptr<ZSTD_DCtx, DecompressorDeleter>;

[[nodiscard]] std::optional<std::string> compress_with(ZSTD_CCtx* context, std::string_view base,
                                                       std::string_view target) {
  const int window_log = std::max(window_log_min, static_cast<int>(std::bit_width(base.size() + target.size())));
  ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters);
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  if (base.size() + target.size() >= long_distance_bytes_min)
    ZSTD_CCtx_setParameter(context, ZSTD_c_enableLongDistanceMatching, 1);
  if (ZSTD_isError(ZSTD_CCtx_refPrefix(context, base.data(), base.size())) != 0) return std::nullopt;
  std::string frame(ZSTD_compressBound(target.size()), '\0');
  const std::size_t size = ZSTD_compress2(context, frame.data(), frame.size(), target.data(), target.size());
  if (ZSTD_isError(size) != 0) return std::nullopt;
  frame.resize(size);
  return frame;
}

[[nodiscard]] Error not_a_delta() {
  return Error(ErrorCode::corrupt, "the delta does not give the document that it names");
}

}  // namespace

std::optional<std::string> compress_against(std::string_view base, std::string_view target) {
  if (base.size() + target.size() > shared_bytes_max) {
    // A context of its own: with a window over base and target its tables are as large as the documents, and deltas of
    // large documents are too rare to keep that memory.
    const Compressor context(ZSTD_createCCtx());
    return context == nullptr ? std::nullopt : compress_with(context.get(), base, target);
  }
  struct {
    Compressor context{ZSTD_createCCtx()};
    std::string base;
    std::string target;
    std::optional<std::string> frame;
  } thread_local last;
  if (last.context == nullptr) return std::nullopt;
  if (!last.frame || base != last.base || target != last.target) {
    last.frame = compress_with(last.context.get(), base, target);
    last.base = base;
    last.target = target;
  }
  return last.frame;
}

Result<std::string> decompress_against(std::string_view base, std::string_view frame, std::size_t size) {
  const unsigned long long claimed = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (claimed == ZSTD_CONTENTSIZE_ERROR || claimed == ZSTD_CONTENTSIZE_UNKNOWN) return not_a_delta();
  if (claimed > size)
    return Error(ErrorCode::too_large,
                 "the delta holds more than the " + std::to_string(size) + " bytes that were announced");
  if (claimed != size || ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size()) return not_a_delta();

  thread_local const Decompressor context(ZSTD_createDCtx());
  if (context == nullptr) return Error(ErrorCode::unavailable, "no memory for a delta");
  ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_and_parameters);
  if (ZSTD_isError(ZSTD_DCtx_refPrefix(context.get(), base.data(), base.size())) != 0) return not_a_delta();
  // Decompressed in one step, so that zstd needs no window of its own.
  std::string target(size, '\0');
  const std::size_t produced =
      ZSTD_decompressDCtx(context.get(), target.data(), target.size(), frame.data(), frame.size());
  if (ZSTD_isError(produced) != 0 || produced != size) return not_a_delta();
  return target;
}

}  // namespace leanspec::compression
