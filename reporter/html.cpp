#include <kainjow/mustache.hpp>

#include "base/encoding.h"
#include "reporter/escape.h"
#include "reporter/page_style.h"
#include "reporter/reporter.h"
#include "reporter/summary.h"
#include "reporter/template_dns.h"
#include "reporter/template_frame.h"
#include "reporter/template_probe.h"
#include "reporter/template_story.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

namespace mustache = kainjow::mustache;

mustache::data to_data(const View& view);

mustache::data to_data(const View::Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* text = std::get_if<std::string>(&value))
    return text->empty() ? mustache::data(false) : mustache::data(*text);
  mustache::data list(mustache::data::type::list);
  for (const auto& item : std::get<Views>(value)) list << to_data(item);
  return list;
}

mustache::data to_data(const View& view) {
  mustache::data object;
  for (const auto& [name, value] : view.values()) object[name] = to_data(value);
  return object;
}

std::string render(std::string_view text, const mustache::data& data) {
  mustache::mustache page{std::string(text)};
  page.set_custom_escape([](const std::string& value) { return markup_text(value); });
  mustache::context<std::string> context;
  context.push(&data);
  return page.render(context);
}

/// `{{>badge}}` in place: as a partial it would be parsed anew for each of a hundred uses.
std::string with_badges(std::string_view text) {
  constexpr std::string_view mark = "{{>badge}}";
  std::string out;
  for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark)) {
    out.append(text.substr(0, at)).append(template_badge);
    text.remove_prefix(at + mark.size());
  }
  return out.append(text);
}

std::string each_probe(std::initializer_list<std::string_view> parts) {
  std::string text = "{{#probes}}\n{{#several}}<p class=\"probe\">Probe {{n}}: <b>{{probe_name}}</b></p>{{/several}}\n";
  for (const auto part : parts) text += part;
  return text + "{{/probes}}\n";
}

/// In the order of the page.
std::string body_template() {
  std::string body(template_masthead);
  body += each_probe({template_way, template_changes});
  body += template_findings;
  body += each_probe(
      {template_signatures, template_authentication, template_certificate, template_sessions, template_messages});
  for (const auto part : {template_dns, template_untested, template_end}) body += part;
  return with_badges(body);
}

/// The contents list names the first probe's sections.
Views contents(const evidence::Document& document) {
  Views views;
  const auto add = [&](const char* anchor, const char* title) {
    views.push_back(View().set("anchor", anchor).set("title", title));
  };
  if (document.probes.empty()) return views;
  const auto& probe = document.probes.front();
  if (probe.mailbox) add("dkim-1", "DKIM");
  if (probe.mailbox) add("authentication-1", "Authentication");
  if (probe.smtp && probe.smtp->tls) add("tls-1", "Certificate");
  if (!probe.attempts.empty() || probe.watch) add("sessions-1", "Sessions");
  if (probe.mailbox || probe.sent) add("message-1", "Message");
  return views;
}

mustache::data page_data(const evidence::Document& document, const evidence::RawReader& raw) {
  const Page from{document, raw};
  View page;
  Views probes;
  for (std::size_t i = 0; i < document.probes.size(); ++i) probes.push_back(view_probe(from, i));
  page.set("has_probes", !probes.empty()).set("probes", std::move(probes)).set("contents", contents(document));
  view_masthead(page, from);
  view_findings(page, from);
  view_dns(page, from);
  view_run(page, from);
  return to_data(page);
}

std::string head(const evidence::Document& document) {
  const auto whom = addressee(document);
  View view;
  view.set("title", "mailprobe" + (whom.empty() ? "" : ": " + whom)).set("style_hash", base64(sha256(page_style)));
  return render(template_head, to_data(view));
}

}  // namespace

std::string html(const evidence::Document& document, const evidence::RawReader& raw) {
  return head(document) + std::string(page_style) + std::string(template_symbols) +
         render(body_template(), page_data(document, raw));
}

}  // namespace mailprobe::reporter
