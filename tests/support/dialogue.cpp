#include "tests/support/dialogue.h"

#include <stdexcept>

#include "base/encoding.h"
#include "base/text.h"
#include "tests/support/conformance.h"

namespace mailprobe::test {

namespace {

using Kind = Step::Kind;

/// Adjoining lines of one side are one step.
void append(std::vector<Step>& steps, Kind kind, std::string bytes, bool joined) {
  if (joined && !steps.empty() && steps.back().kind == kind)
    steps.back().bytes += bytes;
  else
    steps.push_back({kind, std::move(bytes), {}});
}

Step tls_step(std::string_view words) {
  if (words.empty()) return {Kind::tls, {}, {}};
  if (words.starts_with("fail")) return {Kind::tls_fail, std::string(trim(words.substr(4))), {}};
  if (const auto cause = from_word<Cause>(words)) return {Kind::tls, {}, cause};
  throw std::invalid_argument("unknown cause '" + std::string(words) + "'");
}

std::string_view after_space(std::string_view line, std::size_t marker) {
  line.remove_prefix(marker);
  if (line.starts_with(' ')) line.remove_prefix(1);
  return line;
}

void add_line(std::vector<Step>& steps, std::string_view line, bool joined) {
  if (line.starts_with("<="))
    append(steps, Kind::peer, unescape(after_space(line, 2)), joined);
  else if (line.starts_with(">="))
    append(steps, Kind::ours, unescape(after_space(line, 2)), true);
  else if (line.starts_with(">*"))
    steps.push_back({Kind::ours_prefix, std::string(after_space(line, 2)), {}});
  else if (line == ">>")
    steps.push_back({Kind::ours_any, {}, {}});
  else if (line.starts_with('<'))
    append(steps, Kind::peer, std::string(after_space(line, 1)) + "\r\n", joined);
  else if (line.starts_with('>'))
    append(steps, Kind::ours, std::string(after_space(line, 1)) + "\r\n", true);
  else if (line == "tls" || line.starts_with("tls "))
    steps.push_back(tls_step(after_space(line, 3)));
  else if (line == "close")
    steps.push_back({Kind::close, {}, {}});
  else if (line == "reset")
    steps.push_back({Kind::reset, {}, {}});
  else if (line == "timeout")
    steps.push_back({Kind::timeout, {}, {}});
  else if (line == "quiet")
    steps.push_back({Kind::quiet, {}, {}});
  else
    throw std::invalid_argument("not a step: " + std::string(line));
}

}  // namespace

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'r': out += '\r'; break;
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case '0': out += '\0'; break;
      case '\\': out += '\\'; break;
      case 'x':
        out += from_hex(text.substr(i + 1, 2)).value();
        i += 2;
        break;
      default: throw std::invalid_argument("unknown escape in: " + std::string(text));
    }
  }
  return out;
}

Dialogue Dialogue::parse(std::string_view text) {
  Dialogue dialogue;
  bool joined = true;
  for (auto line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line == "---") {
      joined = false;
    } else if (!line.empty() && line[0] != '#') {
      add_line(dialogue.steps, line, joined);
      joined = true;
    }
  }
  return dialogue;
}

Dialogue Dialogue::load(const std::filesystem::path& file) try {
  return parse(read_file(file));
} catch (const std::invalid_argument& error) {
  throw std::invalid_argument(file.string() + ": " + error.what());
}

std::size_t Dialogue::peer_bytes() const {
  std::size_t count = 0;
  for (const auto& step : steps)
    if (step.kind == Kind::peer) count += step.bytes.size();
  return count;
}

}  // namespace mailprobe::test
