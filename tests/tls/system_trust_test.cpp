// Where the CA certificates of a machine are looked for, and that a machine without any is told so.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/run.h"
#include "tests/support/temporary_folder.h"
#include "tests/tls/pair.h"

namespace mailprobe::tls {
namespace {

/// The machine's store is what lies in a folder of the test's own.
class SystemTrust : public testing::Test {
 protected:
  SystemTrust() {
    ::setenv("SSL_CERT_DIR", folder_.path().c_str(), 1);
    ::setenv("SSL_CERT_FILE", file("none.pem").c_str(), 1);
  }
  ~SystemTrust() override {
    ::unsetenv("SSL_CERT_DIR");
    ::unsetenv("SSL_CERT_FILE");
  }

  [[nodiscard]] std::string file(const std::string& name) const { return (folder_.path() / name).string(); }
  void write(const std::string& name) const { std::ofstream(file(name)) << authority().ca_pem(); }
  static Task<Handshaken> handshake() {
    IssueOptions of;
    of.names = {"mx.target.test"};
    auto client = client_side("mx.target.test", "");
    auto server = server_side(std::move(of));
    auto pair = co_await make_pair();
    co_return co_await shake_hands(pair, std::move(client), std::move(server));
  }
  /// What comes of the certificate of a server that has it of our authority.
  static std::string verified() { return need(test::run(handshake()).client).verified->result; }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(SystemTrust, AMachineWithoutAnyIsOurs) {
  write("README");
  write("5ed36f99.r0");  // a CRL's name
  std::filesystem::create_symlink(file("gone.pem"), file("5ed36f99.0"));
  const auto made = Context::client({"", ""});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, Failure::usage);
  for (const auto& word : {std::string("ca-certificates"), std::string("tls.ca_file"), file("none.pem")})
    EXPECT_NE(made.error().message.find(word), std::string::npos) << made.error().message;
  EXPECT_TRUE(Context::client({"", authority().ca_pem()})) << "with a CA of its own it needs none";
}

TEST_F(SystemTrust, TheHashedDirectoryIsRead) {
  write("5ed36f99.0");  // of another subject: there is a store, and our authority is not found in it
  EXPECT_EQ(verified(), "fail");
}

TEST_F(SystemTrust, ABundleAloneWillDo) {
  write("ca-certificates.crt");
  EXPECT_EQ(verified(), "pass");
}

TEST_F(SystemTrust, AFileThatIsNamedIsReadBesideTheDirectory) {
  write("5ed36f99.0");
  write("none.pem");
  EXPECT_EQ(verified(), "pass");
}

TEST_F(SystemTrust, AFileThatIsNamedIsNoBundleWhereItHoldsNone) {
  std::ofstream(file("none.pem")) << "nothing";
  EXPECT_FALSE(Context::client({"", ""}));
}

}  // namespace
}  // namespace mailprobe::tls
