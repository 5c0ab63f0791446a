#include "compression/zstd_frame.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <new>

namespace leanspec::compression {
namespace {

constexpr int level = 3;
/// Grown from here by doubling; most documents fit at once, which also spares zstd its window buffer.
constexpr std::size_t first_output_bytes = std::size_t{64} * 1024;
/// zstd refuses a smaller bound on its window.
constexpr int window_log_min = 10;
/// And 128 MiB is the most that its decoder takes without being asked.
constexpr int window_log_max = 27;

/// The last few texts up to this size are remembered, with their frames: one that goes to many, or was compressed to see
/// what a delta saves, is compressed once. As many as a page of changes after a burst has new texts.
constexpr std::size_t remembered_bytes_max = std::size_t{16} * 1024;
constexpr std::size_t remembered_texts = 16;

struct Remembered {
  std::string bytes;
  std::string frame;
};

struct CompressorDeleter {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct DecompressorDeleter {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

[[nodiscard]] ZSTD_CCtx* compressor() {
  thread_local const std::unique_ptr<ZSTD_CCtx, CompressorDeleter> context(ZSTD_createCCtx());
  if (context == nullptr) throw std::bad_alloc();
  return context.get();
}

[[nodiscard]] ZSTD_DCtx* decompressor() {
  thread_local const std::unique_ptr<ZSTD_DCtx, DecompressorDeleter> context(ZSTD_createDCtx());
  if (context == nullptr) throw std::bad_alloc();
  return context.get();
}

[[nodiscard]] Error not_a_frame() {
  return Error(ErrorCode::corrupt, "compressed bytes cannot be read");
}

[[nodiscard]] Error over(std::size_t limit) {
  return Error(ErrorCode::too_large, "compressed bytes hold more than " + std::to_string(limit) + " bytes");
}

}  // namespace

std::string compress(std::string_view bytes) {
  thread_local std::array<Remembered, remembered_texts> last;
  thread_local std::size_t oldest = 0;
  for (const auto& one : last) {
    if (!one.frame.empty() && one.bytes == bytes) return one.frame;
  }
  std::string frame(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compressCCtx(compressor(), frame.data(), frame.size(), bytes.data(), bytes.size(), level);
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();  // with room for the bound, memory is all that it can lack
  frame.resize(size);
  if (bytes.size() <= remembered_bytes_max) {
    last[oldest] = Remembered{std::string(bytes), frame};
    oldest = (oldest + 1) % remembered_texts;
  }
  return frame;
}

Result<std::string> decompress(std::string_view frame, std::size_t limit) {
  const unsigned long long claimed = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (claimed == ZSTD_CONTENTSIZE_ERROR) return not_a_frame();
  const bool claims = claimed != ZSTD_CONTENTSIZE_UNKNOWN;
  if (claims && claimed > limit) return over(limit);

  ZSTD_DCtx* const context = decompressor();
  ZSTD_DCtx_reset(context, ZSTD_reset_session_only);
  ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax,
                         std::clamp(static_cast<int>(std::bit_width(limit)), window_log_min, window_log_max));

  // One byte more than the limit, so that too much shows itself.
  const std::size_t most = limit + 1;
  std::string content(std::min<std::size_t>(claims ? static_cast<std::size_t>(claimed) : most, first_output_bytes),
                      '\0');
  ZSTD_inBuffer input{frame.data(), frame.size(), 0};
  std::size_t produced = 0;
  while (true) {
    ZSTD_outBuffer output{content.data(), content.size(), produced};
    const std::size_t left = ZSTD_decompressStream(context, &output, &input);
    if (ZSTD_isError(left) != 0) return not_a_frame();
    const bool progressed = output.pos != produced;
    produced = output.pos;
    if (produced > limit) return over(limit);
    if (left == 0) break;
    if (produced == content.size()) {
      content.resize(std::min(most, std::max(content.size() * 2, first_output_bytes)));
    } else if (!progressed && input.pos == input.size) {
      return not_a_frame();
    }
  }
  if (input.pos != input.size) return not_a_frame();
  content.resize(produced);
  return content;
}

}  // namespace leanspec::compression
