#include "hub/render/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include <algorithm>
#include <memory>
#include <mutex>

#include "hub/render/html_cleaner.h"
#include "hub/render/slug.h"
#include "hub/render/text_shape.h"
#include "text/utf8.h"

namespace leanspec::hub::render {
namespace {

struct FreeParser {
  void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
};
struct FreeNode {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
struct FreeIterator {
  void operator()(cmark_iter* iterator) const { cmark_iter_free(iterator); }
};
struct FreeText {
  void operator()(char* text) const { cmark_get_default_mem_allocator()->free(text); }
};
using Parser = std::unique_ptr<cmark_parser, FreeParser>;
using Node = std::unique_ptr<cmark_node, FreeNode>;
using Iterator = std::unique_ptr<cmark_iter, FreeIterator>;

constexpr int parse_options = CMARK_OPT_FOOTNOTES | CMARK_OPT_VALIDATE_UTF8;

void register_extensions() {
  static std::once_flag once;
  std::call_once(once, [] { cmark_gfm_core_extensions_ensure_registered(); });
}

Parser make_parser(const TextShape& shape) {
  register_extensions();
  Parser parser(cmark_parser_new(parse_options));
  for (const char* name : {"table", "strikethrough", "autolink", "tasklist"}) {
    if (shape.tables_too_wide && std::string_view(name) == "table") continue;
    if (shape.too_many_at_signs && std::string_view(name) == "autolink") continue;
    if (cmark_syntax_extension* extension = cmark_find_syntax_extension(name)) {
      cmark_parser_attach_syntax_extension(parser.get(), extension);
    }
  }
  return parser;
}

std::string_view literal(cmark_node* node) {
  const char* text = cmark_node_get_literal(node);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

std::string plain_text(cmark_node* heading) {
  std::string text;
  const Iterator iterator(cmark_iter_new(heading));
  while (cmark_iter_next(iterator.get()) != CMARK_EVENT_DONE) {
    cmark_node* node = cmark_iter_get_node(iterator.get());
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) text += literal(node);
    if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) text += ' ';
  }
  return text;
}

/// What the first walk over the document finds, before anything is changed.
struct Survey {
  std::vector<cmark_node*> headings;
  std::vector<cmark_node*> tasks;
  std::vector<cmark_node*> raw_html;
  std::size_t raw_bytes = 0;
  std::size_t raw_tags = 0;
  std::size_t depth = 0;
};

Survey survey(cmark_node* document) {
  Survey found;
  std::size_t depth = 0;
  const Iterator iterator(cmark_iter_new(document));
  for (cmark_event_type event = cmark_iter_next(iterator.get()); event != CMARK_EVENT_DONE;
       event = cmark_iter_next(iterator.get())) {
    if (event == CMARK_EVENT_EXIT) {
      --depth;
      continue;
    }
    cmark_node* node = cmark_iter_get_node(iterator.get());
    const cmark_node_type type = cmark_node_get_type(node);
    // Leaves have no exit.
    const bool leaf = type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_THEMATIC_BREAK ||
                      type == CMARK_NODE_CODE_BLOCK || type == CMARK_NODE_TEXT || type == CMARK_NODE_SOFTBREAK ||
                      type == CMARK_NODE_LINEBREAK || type == CMARK_NODE_CODE || type == CMARK_NODE_HTML_INLINE;
    if (!leaf) found.depth = std::max(found.depth, ++depth);
    if (type == CMARK_NODE_HEADING) found.headings.push_back(node);
    if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE) {
      const std::string_view text = literal(node);
      found.raw_html.push_back(node);
      found.raw_bytes += text.size();
      found.raw_tags += static_cast<std::size_t>(std::count(text.begin(), text.end(), '<'));
    }
    if (type == CMARK_NODE_ITEM && std::string_view(cmark_node_get_type_string(node)) == "tasklist") {
      found.tasks.push_back(node);
    }
  }
  return found;
}

std::string with_number(char kind, std::size_t number) {
  return kind + std::to_string(number);
}

/// The heading becomes a block that says which one it is. What is left of it is returned and must live as long as the
/// document: texts and addresses inside a block point into the block's own buffer.
Node mark_heading(cmark_node* heading, const std::string& attribute, std::size_t number) {
  const std::string tag = "h" + std::to_string(cmark_node_get_heading_level(heading));
  cmark_node* marked = cmark_node_new(CMARK_NODE_CUSTOM_BLOCK);
  cmark_node_set_on_enter(marked, ("<" + tag + " " + attribute + "=\"" + with_number('h', number) + "\">").c_str());
  cmark_node_set_on_exit(marked, ("</" + tag + ">").c_str());
  while (cmark_node* child = cmark_node_first_child(heading)) cmark_node_append_child(marked, child);
  cmark_node_replace(heading, marked);
  return Node(heading);
}

/// The checkbox that cmark writes is dropped by the cleaner; this one says which it is.
void mark_task(cmark_node* item, const std::string& attribute, std::size_t number) {
  const std::string input = "<input " + attribute + "=\"" + with_number('t', number) + "\">";
  cmark_node* first = cmark_node_first_child(item);
  const bool in_paragraph = first != nullptr && cmark_node_get_type(first) == CMARK_NODE_PARAGRAPH;
  cmark_node* box = cmark_node_new(in_paragraph ? CMARK_NODE_CUSTOM_INLINE : CMARK_NODE_CUSTOM_BLOCK);
  cmark_node_set_on_enter(box, input.c_str());
  cmark_node_prepend_child(in_paragraph ? first : item, box);
}

/// Raw HTML becomes the text that it is written as.
void show_as_text(cmark_node* html) {
  const bool block = cmark_node_get_type(html) == CMARK_NODE_HTML_BLOCK;
  cmark_node* text = cmark_node_new(block ? CMARK_NODE_CODE_BLOCK : CMARK_NODE_TEXT);
  cmark_node_set_literal(text, std::string(literal(html)).c_str());
  cmark_node_replace(html, text);
  cmark_node_free(html);
}

/// A name that does not occur in the text, so that no raw HTML can carry it.
std::string unused_attribute(std::string_view markdown) {
  std::string lower(markdown);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  constexpr std::string_view stem = "data-mark";
  if (lower.find(stem) == std::string::npos) return std::string(stem);
  for (std::size_t number = 0;; ++number) {
    std::string name = std::string(stem) + "-" + std::to_string(number) + "-";
    if (lower.find(name) == std::string::npos) return name;
  }
}

std::optional<std::string> write_html(cmark_node* document, const Marks& marks, const RenderOptions& options) {
  const std::unique_ptr<char, FreeText> html(cmark_render_html(document, CMARK_OPT_UNSAFE | parse_options, nullptr));
  auto clean = clean_html(html.get(), marks, options);
  // cmark-gfm 0.29 cuts the name of a footnote that runs over lines in the midst of a character, and gumbo 0.10 makes a
  // character of what is left of a number too large for one.
  if (clean && text::first_invalid_utf8(*clean)) clean = text::to_shown_text(*clean);
  return clean;
}

RenderedMarkdown show_as_written(std::string_view markdown) {
  RenderedMarkdown rendered;
  rendered.as_written = true;
  rendered.truncated = markdown.size() > shown_bytes_max;
  rendered.html = "<pre>";
  append_escaped(rendered.html,
                 text::to_shown_text(markdown.substr(0, text::character_boundary(markdown, shown_bytes_max))));
  rendered.html += "</pre>";
  return rendered;
}

}  // namespace

RenderedMarkdown render_markdown(std::string_view markdown, const RenderOptions& options) {
  if (markdown.size() > rendered_bytes_max) return show_as_written(markdown);
  const TextShape shape = shape_of(markdown);
  if (shape.definitions_explode) return show_as_written(markdown);
  const auto parse = [&] {
    const Parser parser = make_parser(shape);
    cmark_parser_feed(parser.get(), markdown.data(), markdown.size());
    return Node(cmark_parser_finish(parser.get()));
  };
  RenderedMarkdown rendered;
  const Marks marks{unused_attribute(markdown), rendered.headings, rendered.tasks};
  const auto line_of = [&](cmark_node* node) {
    return options.first_line + static_cast<std::uint32_t>(std::max(cmark_node_get_start_line(node), 1)) - 1;
  };
  // A second time without raw HTML, should that be too much for the parser.
  for (const bool raw_allowed : {true, false}) {
    std::vector<Node> retired;  // outlives the document
    const Node document = parse();
    const Survey found = survey(document.get());
    if (found.depth > nesting_max) return show_as_written(markdown);
    rendered = {};
    Slugs slugs;
    for (std::size_t i = 0; i < found.headings.size(); ++i) {
      cmark_node* heading = found.headings[i];
      const std::string text = plain_text(heading);
      rendered.headings.push_back({cmark_node_get_heading_level(heading), text, slugs.next(text), line_of(heading)});
      retired.push_back(mark_heading(heading, marks.attribute, i));
    }
    for (std::size_t i = 0; i < found.tasks.size(); ++i) {
      cmark_node* item = found.tasks[i];
      rendered.tasks.push_back({line_of(item), cmark_gfm_extensions_get_tasklist_item_checked(item)});
      mark_task(item, marks.attribute, i);
    }
    if (!raw_allowed || found.raw_bytes > raw_html_bytes_max || found.raw_tags > raw_html_tags_max) {
      for (cmark_node* html : found.raw_html) show_as_text(html);
    }
    if (auto html = write_html(document.get(), marks, options)) {
      rendered.html = std::move(*html);
      return rendered;
    }
  }
  return show_as_written(markdown);
}

}  // namespace leanspec::hub::render
