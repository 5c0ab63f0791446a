#include "hub/render/html_tree.h"

#include <algorithm>
#include <csetjmp>
#include <cstdlib>
#include <new>

namespace leanspec::hub::render {

/// Hands out memory and takes none back. Trivial to jump out of: nothing in a frame between setjmp and longjmp has a
/// destructor, for those frames are gumbo's, which is C.
class HtmlTree::Arena {
 public:
  explicit Arena(std::size_t budget) : budget_(budget) {}

  static void* allocate(void* self, std::size_t bytes) { return static_cast<Arena*>(self)->take(bytes); }
  static void free(void*, void*) {}

  [[nodiscard]] std::jmp_buf& spent() { return spent_; }

 private:
  static constexpr std::size_t chunk_bytes = 64 * 1024;

  void* take(std::size_t bytes) {
    const std::size_t rounded = (std::max<std::size_t>(bytes, 1) + 15) & ~std::size_t{15};
    if (rounded < bytes || rounded > budget_) std::longjmp(spent_, 1);
    budget_ -= rounded;
    if (rounded > left_) {
      const std::size_t size = std::max(rounded, chunk_bytes);
      char* chunk = new (std::nothrow) char[size];
      if (chunk == nullptr) std::longjmp(spent_, 1);
      chunks_.emplace_back(chunk);
      next_ = chunk;
      left_ = size;
    }
    void* taken = next_;
    next_ += rounded;
    left_ -= rounded;
    return taken;
  }

  std::size_t budget_;
  std::vector<std::unique_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::jmp_buf spent_{};
};

namespace {

/// A document of paragraphs takes some fifty times its size; one that takes much more is made to.
constexpr std::size_t budget_base = std::size_t{4} * 1024 * 1024;
constexpr std::size_t budget_per_byte = 128;

}  // namespace

HtmlTree::HtmlTree(std::string_view html)
    : arena_(std::make_unique<Arena>(budget_base + budget_per_byte * html.size())) {
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = &Arena::allocate;
  options.deallocator = &Arena::free;
  options.userdata = arena_.get();
  options.max_errors = 0;
  options.fragment_context = GUMBO_TAG_DIV;
  if (setjmp(arena_->spent()) != 0) return;
  const GumboOutput* output = gumbo_parse_with_options(&options, html.data(), html.size());
  root_ = output->root;
}

HtmlTree::~HtmlTree() = default;

}  // namespace leanspec::hub::render
