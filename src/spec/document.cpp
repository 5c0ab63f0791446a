#include "spec/document.h"

#include <algorithm>
#include <string>
#include <utility>

#include "digest/sha256.h"
#include "spec/frontmatter_fields.h"
#include "spec/layout.h"
#include "text/utf8.h"

namespace leanspec::spec {

namespace {

constexpr std::size_t acronym_letters_max = 4;  // LeanSpec leaves API and TODO in capitals

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
char to_lower(char c) {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}
char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string shown_title(std::string_view text) {
  std::string title = text::to_shown_text(text.substr(0, std::min(text.size(), title_bytes_max + 1)));
  if (title.size() > title_bytes_max) {
    title.resize(text::character_boundary(title, title_bytes_max));
    title += "\u2026";
  }
  return title;
}

/// LeanSpec's rule: the first line that begins with "# ", wherever it is.
std::string find_title(std::string_view body, std::string_view otherwise) {
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    if (body.substr(at, end - at).starts_with("# ")) {
      constexpr std::string_view blanks = " \t\r";
      std::string_view text = body.substr(at + 2, end - at - 2);
      const auto begin = text.find_first_not_of(blanks);
      if (begin != std::string_view::npos) {
        text = text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
        return shown_title(text);
      }
    }
    at = end + 1;
  }
  return shown_title(otherwise);
}

void find_foreign_bytes(Spec& spec) {
  const std::string_view file = *spec.source.bytes;
  const auto add = [&](std::size_t offset, std::string message) {
    Finding& finding = spec.findings.emplace_back();
    finding.severity = Severity::warning;
    finding.kind = "encoding";
    finding.message = std::move(message);
    finding.line = 1 + static_cast<std::uint32_t>(
                           std::count(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
    finding.suggestion = "Save the file as UTF-8";
  };
  if (const auto invalid = text::first_invalid_utf8(file)) add(*invalid, "The file is not UTF-8 text");
  if (const auto nul = file.find('\0'); nul != std::string_view::npos) add(nul, "The file has a NUL byte");
}

}  // namespace

std::shared_ptr<const Spec> parse_spec(SourceFile file) {
  auto spec = std::make_shared<Spec>();
  if (!file.bytes) file.bytes = std::make_shared<const std::string>();
  spec->source = std::move(file);
  spec->folder = folder_of(spec->source.path);
  spec->id = leaf_of(spec->folder);
  const auto [number, name] = split_spec_name(spec->id);
  spec->number = number;
  spec->name = name;

  const auto frontmatter = parse_frontmatter(*spec->source.bytes);
  spec->body_offset = frontmatter.split.body_offset;
  spec->body_line = frontmatter.split.body_line;
  read_fields(frontmatter, *spec);
  find_foreign_bytes(*spec);
  spec->title = find_title(spec->body(), spec->id);
  spec->body_digest = digest::sha256(spec->body());
  return spec;
}

SubSpec make_sub_spec(SourceFile file, std::string_view spec_folder) {
  SubSpec sub;
  sub.file = spec_folder.empty() ? file.path : file.path.substr(spec_folder.size() + 1);
  sub.source = std::move(file);
  constexpr std::string_view extension = ".md";
  sub.markdown = sub.file.size() > extension.size() && sub.file.ends_with(extension);
  if (!sub.markdown) {
    sub.name = text::to_shown_text(sub.file);
    return sub;
  }
  const std::string base =
      text::to_shown_text(std::string_view(sub.file).substr(0, sub.file.size() - extension.size()));
  constexpr std::string_view separators = "-_";
  for (std::size_t at = base.find_first_not_of(separators); at != std::string::npos;) {
    const std::size_t end = std::min(base.find_first_of(separators, at), base.size());
    const auto word = std::string_view(base).substr(at, end - at);
    const bool acronym = word.size() <= acronym_letters_max && std::all_of(word.begin(), word.end(), is_upper);
    if (!sub.name.empty()) sub.name += ' ';
    for (std::size_t i = 0; i < word.size(); ++i) sub.name += acronym || i == 0 ? to_upper(word[i]) : to_lower(word[i]);
    at = base.find_first_not_of(separators, end);
  }
  if (sub.name.empty()) sub.name = base;
  return sub;
}

}  // namespace leanspec::spec
