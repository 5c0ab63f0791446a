#include "hub/api/spec_pages.h"

#include <boost/json/value.hpp>
#include <utility>

#include "digest/sha256.h"
#include "hub/api/answer.h"
#include "hub/api/routes.h"
#include "hub/api/source_text.h"
#include "hub/api/spec_json.h"

namespace leanspec::hub::api {

namespace json = boost::json;

namespace {

/// Percent-encodes what may not stand in one segment of a path.
[[nodiscard]] std::string encode_segment(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '-' ||
                       byte == '_' || byte == '.' || byte == '~';
    if (plain) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += digits[byte >> 4U];
      encoded += digits[byte & 0x0FU];
    }
  }
  return encoded;
}

[[nodiscard]] std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const auto slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return segments;
}

/// "../082-web/DESIGN.md#api" in folder "035-x" is "082-web/DESIGN.md"; nothing when it leads out of the specs folder.
[[nodiscard]] std::optional<std::vector<std::string>> resolve(std::string_view folder, std::string_view link) {
  std::vector<std::string> resolved;
  for (const std::string_view segment : segments_of(folder)) resolved.emplace_back(segment);
  for (const std::string_view segment : segments_of(link)) {
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") {
      if (resolved.empty()) return std::nullopt;
      resolved.pop_back();
    } else {
      resolved.emplace_back(segment);
    }
  }
  return resolved;
}

/// The page of the web app that a relative link means. Whether the spec exists is the page's matter: specs come and go.
[[nodiscard]] std::optional<std::string> page_of_link(const ProjectId& project, std::string_view folder, std::string_view link) {
  const auto hash = link.find('#');
  const std::string_view fragment = hash == std::string_view::npos ? std::string_view() : link.substr(hash);
  const auto path = resolve(folder, link.substr(0, hash));
  if (!path || path->empty()) return std::nullopt;
  const bool to_file = path->back().find('.') != std::string::npos;
  const std::size_t folders = path->size() - (to_file ? 1 : 0);
  if (folders == 0) return std::nullopt;
  std::string page = "/projects/" + encode_segment(project.value()) + "/specs/" + encode_segment((*path)[folders - 1]);
  if (to_file && path->back() != "README.md") page += "/" + encode_segment(path->back());
  page += fragment;
  return page;
}

[[nodiscard]] bool is_markdown(std::string_view file) { return file.ends_with(".md") || file.ends_with(".mdx"); }

void write_sub_specs(JsonWriter& json, SpecPages& pages, const ProjectId& project, const spec::SpecEntry& entry) {
  json.name("subSpecs");
  json.begin_array();
  for (const spec::SubSpec& sub : entry.sub_specs) {
    if (!is_markdown(sub.file)) continue;
    const auto page = pages.page(project, entry.spec->folder, sub.source, *sub.source.bytes, 1);
    json.begin_object();
    json.text("name", sub.name);
    json.text("file", sub.file);
    json.text("content", *sub.source.bytes);
    write_page(json, *page);
    json.text("version", to_string(sub.source.version.value()));
    json.end_object();
  }
  json.end_array();
}

[[nodiscard]] net::Response no_such_spec(std::string_view name) {
  return error_answer(404, "SPEC_NOT_FOUND", "Spec '" + std::string(name) + "' not found");
}

[[nodiscard]] net::Response show_spec(SpecPages& pages, const Reading& reading) {
  const std::string_view name = reading.request.capture("spec");
  const spec::SpecEntryPtr entry = reading.at.get_spec(name);
  if (entry == nullptr) return no_such_spec(name);
  const ProjectId& project = reading.project.project.id;
  const spec::Spec& spec = *entry->spec;
  const auto page = pages.page(project, spec.folder, spec.source, spec.body(), spec.body_line);
  const spec::BodyTokens tokens = reading.at.view->body_tokens(*entry);

  JsonWriter json;
  json.reserve((spec.body().size() + page->html.size()) * 5 / 4);  // a quarter for escapes, summary and contents
  json.begin_object();
  write_summary(json, project, *entry);
  json.text("contentMd", spec.body());
  write_page(json, *page);
  json.name("tasks");
  json.begin_array();
  for (const render::Task& task : page->tasks) {
    json.begin_object();
    json.number("line", task.line);
    json.truth("checked", task.checked);
    json.end_object();
  }
  json.end_array();
  write_sub_specs(json, pages, project, *entry);
  json.number("tokenCount", tokens.count);
  json.text("tokenStatus", spec::to_string(tokens.status));
  json.text("validationStatus", spec::to_string(reading.at.view->validate(*entry).verdict));
  json.number("seq", reading.at.seq.value());
  json.text("epoch", to_string(reading.at.epoch.value()));
  json.end_object();
  return answer(std::move(json));
}

[[nodiscard]] net::Response raw_answer(engine::Views& views, const spec::SourceFile& file) {
  auto text = whole_text(views, file);
  if (!text) return error_answer(text.error());
  const std::string hash = to_hex(digest::sha256(**text));
  return answer(200, json::object{{"content", json_text(**text)},
                                  {"contentHash", hash},
                                  {"filePath", file.path},
                                  {"version", to_string(file.version.value())}});
}

[[nodiscard]] net::Response show_raw(engine::Views& views, const Reading& reading) {
  const std::string_view name = reading.request.capture("spec");
  const spec::SpecEntryPtr entry = reading.at.get_spec(name);
  return entry == nullptr ? no_such_spec(name) : raw_answer(views, entry->spec->source);
}

[[nodiscard]] net::Response show_sub_spec_raw(engine::Views& views, const Reading& reading) {
  const std::string_view name = reading.request.capture("spec");
  const spec::SpecEntryPtr entry = reading.at.get_spec(name);
  if (entry == nullptr) return no_such_spec(name);
  const std::string_view file = reading.request.capture("file");
  for (const spec::SubSpec& sub : entry->sub_specs) {
    if (sub.file == file) return raw_answer(views, sub.source);
  }
  return error_answer(404, "NOT_FOUND", "Spec '" + entry->spec->id + "' has no file '" + std::string(file) + "'.");
}

[[nodiscard]] net::Response show_tokens(const Reading& reading) {
  const std::string_view name = reading.request.capture("spec");
  const spec::SpecEntryPtr entry = reading.at.get_spec(name);
  return entry == nullptr ? no_such_spec(name) : answer(200, token_report_json(reading.at.view->tokens(*entry)));
}

[[nodiscard]] net::Response show_validation(const Reading& reading) {
  const std::string_view name = reading.request.capture("spec");
  const spec::SpecEntryPtr entry = reading.at.get_spec(name);
  if (entry == nullptr) return no_such_spec(name);
  const spec::Validation validation = reading.at.view->validate(*entry);
  JsonWriter json;
  json.begin_object();
  json.text("status", spec::to_string(validation.verdict));
  json.name("errors");
  write_findings(json, validation.findings);
  json.end_object();
  return answer(std::move(json));
}

/// What a page takes in memory, with the entry itself.
[[nodiscard]] std::size_t weight(const std::string& key, const render::RenderedMarkdown& page) {
  std::size_t bytes = 512 + 2 * key.size() + page.html.capacity() + page.tasks.capacity() * sizeof(render::Task) +
                      page.headings.capacity() * sizeof(render::Heading);
  for (const render::Heading& heading : page.headings) bytes += heading.text.capacity() + heading.slug.capacity();
  return bytes;
}

}  // namespace

render::RenderedMarkdown render_page(const ProjectId& project, std::string_view folder, std::string_view body,
                                     std::uint32_t first_line) {
  render::RenderOptions options;
  options.first_line = first_line;
  options.resolve_link = [&](std::string_view link) { return page_of_link(project, folder, link); };
  return render::render_markdown(body, options);
}

void write_page(JsonWriter& json, const render::RenderedMarkdown& page) {
  json.text("contentHtml", page.html);
  json.name("toc");
  json.begin_array();
  for (const render::Heading& heading : page.headings) {
    json.begin_object();
    json.number("level", heading.level);
    json.text("text", heading.text);
    json.text("slug", heading.slug);
    json.end_object();
  }
  json.end_array();
}

SpecPages::Page SpecPages::page(const ProjectId& project, std::string_view folder, const spec::SourceFile& source, std::string_view body,
                                std::uint32_t first_line) {
  std::string place = project.value() + '\n' + source.path;
  {
    const std::lock_guard lock(mutex_);
    if (Page known = find(place, source.version)) return known;
  }
  render::RenderedMarkdown rendered = render_page(project, folder, body, first_line);
  rendered.html.shrink_to_fit();
  auto page = std::make_shared<const render::RenderedMarkdown>(std::move(rendered));
  const std::size_t bytes = weight(place, *page);
  const std::lock_guard lock(mutex_);
  if (bytes > bytes_max_ || find(place, source.version) != nullptr) return page;
  auto& versions = by_place_[place];
  if (versions.size() == versions_max) drop(versions.front());  // at least one is left, and so its place
  by_use_.push_front({std::move(place), source.version, page, bytes});
  versions.push_back(by_use_.begin());
  bytes_ += bytes;
  while (bytes_ > bytes_max_) drop(std::prev(by_use_.end()));
  return page;
}

SpecPages::Page SpecPages::find(const std::string& place, const VersionId& version) {
  const auto versions = by_place_.find(place);
  if (versions == by_place_.end()) return nullptr;
  for (const Entry entry : versions->second) {
    if (entry->version != version) continue;
    by_use_.splice(by_use_.begin(), by_use_, entry);
    return entry->page;
  }
  return nullptr;
}

void SpecPages::drop(Entry entry) {
  const auto versions = by_place_.find(entry->place);
  std::erase(versions->second, entry);
  if (versions->second.empty()) by_place_.erase(versions);
  bytes_ -= entry->bytes;
  by_use_.erase(entry);
}

void SpecPages::prepare(const ProjectId& project, const spec::SpecEntry& entry) {
  const spec::Spec& spec = *entry.spec;
  (void)page(project, spec.folder, spec.source, spec.body(), spec.body_line);
  for (const spec::SubSpec& sub : entry.sub_specs) {
    if (is_markdown(sub.file)) (void)page(project, spec.folder, sub.source, *sub.source.bytes, 1);
  }
}

std::size_t SpecPages::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void bind_spec_pages(Binder& binder, SpecPages& pages) {
  engine::Views& views = binder.services().views;
  for (const char* pattern : {"/api/projects/{project}/specs/{spec}", "/api/specs/{spec}"}) {
    binder.reading(pattern, [&pages](const Reading& reading) { return show_spec(pages, reading); });
  }
  binder.reading("/api/projects/{project}/specs/{spec}/raw", [&views](const Reading& reading) { return show_raw(views, reading); });
  binder.reading("/api/projects/{project}/specs/{spec}/subspecs/{file}/raw",
                 [&views](const Reading& reading) { return show_sub_spec_raw(views, reading); });
  binder.reading("/api/projects/{project}/specs/{spec}/tokens", show_tokens);
  binder.reading("/api/projects/{project}/specs/{spec}/validation", show_validation);
}

}  // namespace leanspec::hub::api
