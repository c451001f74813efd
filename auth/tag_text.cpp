#include "auth/tag_text.h"

#include <algorithm>

#include "base/text.h"

namespace mailprobe::auth {

namespace {

/// RFC 6376 §5.4.1, and what makes a message a probe.
constexpr std::string_view recommended[] = {"From",
                                            "Sender",
                                            "Reply-To",
                                            "Subject",
                                            "Date",
                                            "Message-ID",
                                            "To",
                                            "Cc",
                                            "MIME-Version",
                                            "Content-Type",
                                            "Content-Transfer-Encoding",
                                            "Content-ID",
                                            "Content-Description",
                                            "In-Reply-To",
                                            "References",
                                            "List-Id",
                                            "List-Help",
                                            "List-Unsubscribe",
                                            "List-Subscribe",
                                            "List-Post",
                                            "List-Owner",
                                            "List-Archive",
                                            "Auto-Submitted",
                                            "X-Mailprobe-Id",
                                            "X-Mailprobe-Answer-To",
                                            "X-Mailprobe-Answers"};

}  // namespace

std::vector<std::string> header_list(const Message& message, const SignOptions& options) {
  std::vector<std::string> wanted = options.headers;
  if (wanted.empty()) wanted.assign(std::begin(recommended), std::end(recommended));
  std::vector<std::string> list;
  for (const auto& name : wanted) {
    const auto count = message.all(name).size();
    if (count == 0 && options.headers.empty()) continue;
    for (std::size_t i = 0; i < count + (options.oversign ? 1 : 0); ++i) list.push_back(to_lower(name));
  }
  return list;
}

void append_tag(std::string& out, std::string_view tag) {
  const auto start = out.rfind('\n') == std::string::npos ? 0 : out.rfind('\n') + 1;
  out += out.size() - start + tag.size() > 74 ? ";\r\n\t" : "; ";
  out += tag;
}

void append_names(std::string& out, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto item = names[i] + (i + 1 < names.size() ? ":" : "");
    if (out.size() - out.rfind('\n') + item.size() > 74) out += "\r\n\t ";
    out += item;
  }
}

void append_folded(std::string& out, std::string_view text) {
  constexpr std::size_t width = 76;
  const auto column = [&] { return out.size() - (out.rfind('\n') == std::string::npos ? 0 : out.rfind('\n') + 1); };
  while (!text.empty()) {
    auto room = column() < width ? width - column() : 0;
    if (room < 8) {
      out += "\r\n\t";
      room = width - 8;
    }
    out += text.substr(0, room);
    text.remove_prefix(std::min(room, text.size()));
  }
}

}  // namespace mailprobe::auth
