#include "hub/api/other_ui.h"

#include <utility>

#include "host/system_file_tree.h"

namespace leanspec::hub::api {

namespace {

/// What apps built of React, workers and WebAssembly need, and still nothing from elsewhere.
constexpr std::string_view content_security_policy =
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' blob:; worker-src 'self' blob:; style-src 'self' "
    "'unsafe-inline'; "
    "img-src 'self' data: blob: https:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; "
    "frame-ancestors 'none'";

[[nodiscard]] std::string_view content_type_of(std::string_view path) {
  constexpr std::pair<std::string_view, std::string_view> types[] = {{".html", "text/html; charset=utf-8"},
                                                                     {".js", "text/javascript; charset=utf-8"},
                                                                     {".mjs", "text/javascript; charset=utf-8"},
                                                                     {".css", "text/css; charset=utf-8"},
                                                                     {".json", "application/json"},
                                                                     {".svg", "image/svg+xml"},
                                                                     {".png", "image/png"},
                                                                     {".jpg", "image/jpeg"},
                                                                     {".webp", "image/webp"},
                                                                     {".ico", "image/x-icon"},
                                                                     {".woff", "font/woff"},
                                                                     {".woff2", "font/woff2"},
                                                                     {".ttf", "font/ttf"},
                                                                     {".wasm", "application/wasm"},
                                                                     {".txt", "text/plain; charset=utf-8"}};
  for (const auto& [ending, type] : types) {
    if (path.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

constexpr std::string_view page_text = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>LeanSpec hub</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f6f7f9; color: #1c2430 }
form { background: #fff; border: 1px solid #d9dee6; border-radius: 12px; padding: 2rem; width: min(22rem, 90vw); display: grid; gap: .75rem; box-sizing: border-box }
h1 { font-size: 1.25rem; margin: 0 0 .5rem }
label { display: grid; gap: .25rem; font-size: .9rem }
input, button { font: inherit; padding: .5rem .75rem; border-radius: 8px; border: 1px solid #b8c0cc }
button { background: #1f5fd0; border-color: #1f5fd0; color: #fff; cursor: pointer }
p { margin: 0; color: #b3261e; min-height: 1.5em; font-size: .9rem }
@media (prefers-color-scheme: dark) { body { background: #12161c; color: #e6eaf0 } form { background: #1a2029; border-color: #2e3744 } input { background: #12161c; color: inherit; border-color: #3b4656 } p { color: #ff8a80 } }
</style>
</head>
<body>
<form>
<h1>Sign in to LeanSpec</h1>
<label>Name <input name="name" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>
<p role="alert"></p>
</form>
<script src="/leanspec-sign-in.js"></script>
</body>
</html>
)";

constexpr std::string_view script_text = R"(const form = document.querySelector('form');
const token = new URLSearchParams(location.hash.slice(1)).get('token');
const setup = location.pathname === '/setup';

async function send(path, body) {
  const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  if (answer.ok) return location.replace('/');
  const { message } = await answer.json().catch(() => ({ message: `The hub answered ${answer.status}.` }));
  document.querySelector('p').textContent = message;
}

if (setup) {
  document.querySelector('h1').textContent = 'Make your account';
  document.querySelector('button').textContent = 'Make it';
}
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const { name, password } = Object.fromEntries(new FormData(form));
  send(setup ? '/api/setup' : '/api/session', setup ? { token, name, password } : { name, password });
});
if (token && !setup) send('/api/session/link', { token });
)";

[[nodiscard]] net::Response text_answer(std::string_view text, std::string_view type) {
  net::Response response = net::text_response(200, std::string(text), type);
  response.with_header("Cache-Control", "no-cache");
  return response;
}

}  // namespace

Result<std::shared_ptr<OtherUi>> OtherUi::open(const std::string& folder) {
  LEANSPEC_ASSIGN(auto files, host::open_file_tree(folder));
  const auto index = files->facts("index.html");
  if (!index) {
    return Error(index.error().code, "There is no index.html in the folder of the web app", folder,
                 "Name the folder that its build made, often called dist");
  }
  return std::make_shared<OtherUi>(std::move(files));
}

std::optional<net::Response> OtherUi::file(std::string_view path) {
  if (!path.starts_with('/') || path.ends_with('/')) return std::nullopt;
  path.remove_prefix(1);
  const std::lock_guard lock(mutex_);
  auto content = files_->read(path, file_bytes_max);
  if (!content) return std::nullopt;
  net::Response response;
  response.with_header(
      "ETag", "\"" + std::to_string(content->facts.modified_ns) + "-" + std::to_string(content->bytes.size()) + "\"");
  response.body = std::make_shared<const std::string>(std::move(content->bytes));
  response.with_header("Content-Type", content_type_of(path));
  response.with_header("Content-Security-Policy", content_security_policy);
  response.with_header("Cache-Control",
                       path.starts_with("assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  return response;
}

net::Response OtherUi::page() {
  auto index = file("/index.html");
  if (index) return *std::move(index);
  return net::text_response(503, "The folder of the web app has no index.html any more.\n");
}

net::Response sign_in_page() {
  return text_answer(page_text, "text/html; charset=utf-8");
}

net::Response sign_in_script() {
  return text_answer(script_text, "text/javascript; charset=utf-8");
}

}  // namespace leanspec::hub::api
