#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace leanspec::spec {

/// Room beside an unchanging object for one text that its readers make of it, so that they make it once; it goes when
/// the object goes, and a copy of the object, which is about to be changed, starts without it. All readers must make
/// the same text. `kept` and `keep` are safe from every thread.
class ReadyText {
 public:
  /// A longer text is not kept and is made again by each reader. Usual rows of a list have 1 KB; a frontmatter made of
  /// nothing but tags must not double what its file takes.
  static constexpr std::size_t bytes_max = std::size_t{16} * 1024;

  ReadyText() = default;
  ReadyText(const ReadyText&) noexcept {}
  ReadyText& operator=(const ReadyText& other) noexcept {
    if (this != &other) delete text_.exchange(nullptr);
    return *this;
  }
  ~ReadyText() { delete text_.load(); }

  /// Null: nobody made it yet.
  [[nodiscard]] const std::string* kept() const { return text_.load(std::memory_order_acquire); }
  /// Of readers at the same time the first one's stays.
  void keep(std::string text) const {
    if (text.size() > bytes_max || kept() != nullptr) return;
    text.shrink_to_fit();
    auto made = std::make_unique<const std::string>(std::move(text));
    const std::string* nothing = nullptr;
    if (text_.compare_exchange_strong(nothing, made.get(), std::memory_order_acq_rel)) (void)made.release();
  }

 private:
  mutable std::atomic<const std::string*> text_ = nullptr;
};

}  // namespace leanspec::spec
