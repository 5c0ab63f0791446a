#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/api/json_writer.h"
#include "hub/render/markdown.h"
#include "spec/project_view.h"
#include "vocabulary/ids.h"

namespace leanspec::hub::api {

/// Renders `body`, which stands from `first_line` of its file on, as a page of the spec in `folder`.
[[nodiscard]] render::RenderedMarkdown render_page(const ProjectId& project, std::string_view folder,
                                                   std::string_view body, std::uint32_t first_line);
/// `contentHtml` and `toc`, into an object that is open.
void write_page(JsonWriter& json, const render::RenderedMarkdown& page);

/// Rendered Markdown of specs and their files, remembered by place (links depend on it) and version, least recently used
/// forgotten first. Of one place only the last few versions are kept: what was replaced is asked for no more, and would
/// fill the room before it is used for longest. Safe from every thread; two readers of a new text may both render it,
/// which costs time and nothing else.
class SpecPages {
 public:
  using Page = std::shared_ptr<const render::RenderedMarkdown>;

  /// 450 specs as people write them take 8 MB; twice that, so that a few projects stay.
  static constexpr std::size_t bytes_max_usual = std::size_t{16} * 1024 * 1024;
  /// Of one place: what another branch has there, and what a reader who is a moment behind asks for.
  static constexpr std::size_t versions_max = 2;

  explicit SpecPages(std::size_t bytes_max = bytes_max_usual) : bytes_max_(bytes_max) {}

  /// `body` is what is shown of `source`, from `first_line` of the file on; `folder` is the spec's.
  [[nodiscard]] Page page(const ProjectId& project, std::string_view folder, const spec::SourceFile& source,
                          std::string_view body, std::uint32_t first_line);

  /// Renders what the page of a spec shows, for whoever opens it first.
  void prepare(const ProjectId& project, const spec::SpecEntry& entry);
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Kept {
    std::string place;
    VersionId version;
    Page page;
    std::size_t bytes;
  };
  using Entry = std::list<Kept>::iterator;

  /// Null: it is not kept. Under the mutex, as drop().
  [[nodiscard]] Page find(const std::string& place, const VersionId& version);
  void drop(Entry entry);

  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::list<Kept> by_use_;
  std::unordered_map<std::string, std::vector<Entry>> by_place_;  ///< the last rendered last
};

}  // namespace leanspec::hub::api
