// Finds out what a server's TLS accepts, by as many connections as it is given: asks what probe/tls_questions.h wants
// to know, over streams that somebody else has brought to STARTTLS. Knows no SMTP and keeps no file. A server that
// limits us, or goes silent, ends it: what was learnt is the result, what was left out says why.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/tls_survey.h"
#include "probe/network.h"
#include "tls/context.h"

namespace mailprobe::probe {

/// A stream on which the server waits for a ClientHello. Error::cause is why there is none.
using TlsOpener = std::function<Task<StreamResult>()>;

/// What surveys verify and shake hands with, made once for all of them: a context costs more than a handshake.
class SurveyContexts {
 public:
  SurveyContexts(std::string ca_file, std::string ca_pem) : ca_file_(std::move(ca_file)), ca_pem_(std::move(ca_pem)) {}

  /// For whole handshakes in one version, with these signatures (tls::ClientOptions); empty: any.
  Result<std::shared_ptr<const tls::Context>> get(const std::string& signatures,
                                                  tls::Version only = tls::Version::tls1_3);

 private:
  std::string ca_file_, ca_pem_;
  std::map<std::pair<std::string, tls::Version>, std::shared_ptr<const tls::Context>> made_;
};

struct EnumerationOptions {
  std::string host;  // for SNI, and what certificates are checked against
  std::shared_ptr<SurveyContexts> contexts;
  std::vector<tls::Tlsa> tlsa;          // the host's usable records, which each certificate is held against
  std::vector<std::string> dane_names;  // as tls::Handshake has them
  std::string helo;                     // said after a whole handshake, so that session tickets arrive
  int budget = 12;                      // connections in this run
  bool intrusive = false;               // ask for a renegotiation too
  Steady deadline = Steady::max();
  std::chrono::milliseconds patience = std::chrono::seconds(10);  // for one answer
};

/// Goes on with `survey` (blank_survey() for a new one, take_up() before an old one).
Task<TlsSurvey> enumerate_tls(TlsSurvey survey, EnumerationOptions options, TlsOpener open,
                              std::function<Steady()> steady);

}  // namespace mailprobe::probe
