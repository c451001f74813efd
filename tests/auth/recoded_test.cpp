// What one message alone tells of a transfer encoding that was changed on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/restored_header.h"
#include "tests/auth/alone.h"

namespace mailprobe::auth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Recoded : public test::AloneTest {
 protected:
  static std::string head(const std::string& type, const std::string& encoding) {
    return "From: a@mail.example.org\r\nTo: b@example.net\r\nSubject: hello\r\nMIME-Version: 1.0\r\nContent-Type: " +
           type + "\r\nContent-Transfer-Encoding: " + encoding + "\r\n";
  }
  /// Signed with the body that was sent, and delivered with another.
  Known with_body(const std::string& head_sent, const std::string& sent, const std::string& head_received,
                  const std::string& received, const SignOptions& options) {
    const auto field = sign(head_sent + "\r\n" + sent, test::signing_key(), options).value();
    message_ = field + head_received + "\r\n" + received;
    return known(message_);
  }
  Known single(const std::string& sent, const std::string& encoding, const std::string& received) {
    const std::string type = "text/plain; charset=utf-8";
    return with_body(head(type, "8bit"), sent, head(type, encoding), received, simple());
  }
  /// Of a multipart whose parts are these.
  static std::string multipart(std::initializer_list<std::string> parts) {
    std::string body = "preamble\r\n";
    for (const auto& part : parts) body += "--b\r\n" + part;
    return body + "--b--\r\n";
  }
  Known parts(std::initializer_list<std::string> sent, std::initializer_list<std::string> received) {
    const auto both = head("multipart/mixed; boundary=b", "8bit");
    return with_body(both, multipart(sent), both, multipart(received), simple());
  }

  std::string message_;
};

TEST_F(Recoded, From8bitToQuotedPrintable) {
  const auto found = single(
      "Gr\xc3\xbc\xc3\x9f"
      "e = alles\r\n \r\nBye \r\n",
      "quoted-printable", "Gr=C3=BC=C3=9Fe =3D al=\r\nles\r\n=20\r\nBye=20\r\n");
  ASSERT_THAT(kinds(found), ElementsAre("transfer-encoding-changed"));
  EXPECT_EQ(bytes(message_, found.mutation[0]), message_.substr(message_.find("Gr=C3")));
  EXPECT_FALSE(found.mutation[0].sent.has_value());
  EXPECT_THAT(found.mutation[0].diff, HasSubstr("+Gr=C3=BC=C3=9Fe =3D al=\n"));
  EXPECT_THAT(all(found),
              HasSubstr("was changed from 8bit to quoted-printable: with that undone the body is what was"));
}

TEST_F(Recoded, From7bitToBase64) {
  const auto found = single("Hello\r\nBye\r\n\r\n", "base64", "SGVsbG8NCkJ5\r\nZQ0KDQo=\r\n");
  EXPECT_THAT(kinds(found), ElementsAre("transfer-encoding-changed"));
  EXPECT_THAT(all(found), HasSubstr("from 7bit to base64"));
}

TEST_F(Recoded, WithAFooterIsBoth) {
  const auto found = single(
      "Gr\xc3\xbc\xc3\x9f"
      "e\r\n",
      "quoted-printable", "Gr=C3=BC=C3=9Fe\r\n-- =\r\n\r\nfooter\r\n");
  ASSERT_THAT(kinds(found), ElementsAre("transfer-encoding-changed", "footer-appended"));
  EXPECT_EQ(bytes(message_, found.mutation[1]), "-- =\r\n\r\nfooter\r\n");
}

TEST_F(Recoded, AnotherWordWithinProvesNothing) {
  EXPECT_THAT(kinds(single("Gr\xc3\xbc\xc3\x9f"
                           "e\r\n",
                           "quoted-printable", "gr=C3=BC=C3=9Fe\r\n")),
              IsEmpty());
}

const std::string text_8bit =
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\xc3\xbc\xc3\x9f"
    "e\r\n";
const std::string text_quoted =
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n";
const std::string html_quoted =
    "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=C3=BC</p>\r\n";
const std::string image = "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n";

TEST_F(Recoded, EachPartOfAMultipartWithItsField) {
  const auto html =
      "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<p>\xc3\xbc</p>\r\n";
  const auto found = parts({text_8bit, html, image}, {text_quoted, html_quoted, image});
  ASSERT_THAT(kinds(found), ElementsAre("transfer-encoding-changed", "transfer-encoding-changed"));
  EXPECT_EQ(bytes(message_, found.mutation[0]), "Gr=C3=BC=C3=9Fe\r\n");
  EXPECT_EQ(bytes(message_, found.mutation[1]), "<p>=C3=BC</p>\r\n");
  EXPECT_THAT(all(found), HasSubstr("of 2 parts was changed"));
}

TEST_F(Recoded, OnlyThePartThatWas8bit) {
  const auto found = parts({html_quoted, text_8bit}, {html_quoted, text_quoted});
  ASSERT_EQ(found.mutation.size(), 1U);
  EXPECT_EQ(bytes(message_, found.mutation[0]), "Gr=C3=BC=C3=9Fe\r\n");
}

TEST_F(Recoded, AFieldThatTheHostPutLast) {
  const std::string sent =
      "Content-Transfer-Encoding: 8bit\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n\r\n\xc3\xbc\r\n";
  const std::string received =
      "Content-Type: text/plain;\r\n charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=BC\r\n";
  EXPECT_THAT(kinds(parts({sent}, {received})), ElementsAre("transfer-encoding-changed"));
}

TEST_F(Recoded, TheCrlfBeforeABoundaryIsNotInBase64) {
  const std::string header = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ";
  EXPECT_THAT(kinds(parts({header + "8bit\r\n\r\n\xc3\xbc\r\n"}, {header + "base64\r\n\r\nw7w=\r\n"})),
              ElementsAre("transfer-encoding-changed"));
  EXPECT_THAT(kinds(parts({header + "8bit\r\n\r\n\xc3\xbc\r\n\r\n"}, {header + "base64\r\n\r\nw7wNCg==\r\n"})),
              ElementsAre("transfer-encoding-changed"));
}

// ---- and the header with it
// ------------------------------------------------------------------------------------------

class RecodedHeader : public Recoded {
 protected:
  /// What is known of the message that single() or parts() left, with the key at hand.
  Known with_key() {
    const auto message = split_message(message_);
    const auto dkim = judge(message_).dkim;
    auto known = known_alone(message_, message, dkim);
    test::run(try_restored_headers(message_, message, dkim, known, context.time, dns));
    return known.at(0);
  }
};

TEST_F(RecodedHeader, VerifiesWithTheEncodingThatWasSigned) {
  single("\xc3\xbc\r\n", "quoted-printable", "=C3=BC\r\n");
  const auto found = with_key();
  ASSERT_THAT(kinds(found), ElementsAre("transfer-encoding-changed", "header-rewritten"));
  const auto& field = found.mutation[1];
  EXPECT_EQ(field.part, "Content-Transfer-Encoding");
  EXPECT_EQ(bytes(message_, field), "Content-Transfer-Encoding: quoted-printable\r\n");
  EXPECT_EQ(field.diff, "-Content-Transfer-Encoding: 8bit\n+Content-Transfer-Encoding: quoted-printable\n");
  EXPECT_THAT(field.headers.value(), testing::Not(testing::Contains("content-transfer-encoding")));
  EXPECT_THAT(all(found), HasSubstr("with Content-Transfer-Encoding: 8bit the header verifies too"));
}

TEST_F(RecodedHeader, VerifiesWithoutTheField) {
  const std::string sent = test::letter("a@example.org", "Hello\r\n");
  auto head_received = sent.substr(0, sent.find("\r\n\r\n") + 2) + "Content-Transfer-Encoding: base64\r\n";
  with_body(sent.substr(0, sent.find("\r\n\r\n") + 2), "Hello\r\n", head_received, "SGVsbG8NCg==\r\n", simple());
  EXPECT_THAT(kinds(with_key()), ElementsAre("transfer-encoding-changed"))
      << "a field that was not there was not signed as absent, so that the header holds as it is";
  auto options = simple();
  options.headers = {"From", "Content-Transfer-Encoding"};
  with_body(sent.substr(0, sent.find("\r\n\r\n") + 2), "Hello\r\n", head_received, "SGVsbG8NCg==\r\n", options);
  EXPECT_THAT(all(with_key()), HasSubstr("without Content-Transfer-Encoding the header verifies too"));
}

TEST_F(RecodedHeader, OtherChangesStayUnknown) {
  single("\xc3\xbc\r\n", "quoted-printable", "=C3=BC\r\n");
  message_.replace(message_.rfind("Subject: hello"), 14, "Subject: other");
  EXPECT_THAT(kinds(with_key()), ElementsAre("transfer-encoding-changed"));
  EXPECT_THAT(all(with_key()), testing::Not(HasSubstr("verifies too")));
}

}  // namespace
}  // namespace mailprobe::auth
