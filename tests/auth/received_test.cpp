#include "auth/received.h"

#include <gtest/gtest.h>

#include "auth/limits.h"
#include "base/text.h"

namespace mailprobe::auth {
namespace {

struct Row {
  const char* name;
  const char* field;
  const char* from;
  const char* helo;
  const char* client_name;
  const char* client;  // "" for none
  const char* by;
  const char* protocol;
  const char* tls;   // "" for none
  const char* time;  // RFC 3339, "" for none
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class Field : public testing::TestWithParam<Row> {};

TEST_P(Field, IsRead) {
  const auto& row = GetParam();
  const auto received = parse_received(to_crlf(row.field));
  EXPECT_EQ(received.from, row.from);
  EXPECT_EQ(received.helo, row.helo);
  EXPECT_EQ(received.client_name, row.client_name);
  EXPECT_EQ(received.client ? received.client->text() : "", row.client);
  EXPECT_EQ(received.by, row.by);
  EXPECT_EQ(received.protocol, row.protocol);
  EXPECT_EQ(received.tls.value_or(""), row.tls);
  EXPECT_EQ(received.time ? rfc3339(*received.time) : "", row.time);
}

const std::vector<Row> rows{
    {"postfix",
     " from mail.example.org (mail.example.org [192.0.2.1])\n"
     "\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\n"
     "\t key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256)\n"
     "\t(No client certificate requested)\n"
     "\tby mx.example.net (Postfix) with ESMTPS id 4Q1\n"
     "\tfor <a@example.net>; Sat, 31 Jan 2026 13:00:00 +0100 (CET)",
     "mail.example.org", "mail.example.org", "mail.example.org", "192.0.2.1", "mx.example.net", "ESMTPS",
     "TLSv1.3 TLS_AES_256_GCM_SHA384", "2026-01-31T12:00:00Z"},
    {"postfix_without_ptr_over_ipv6",
     " from [10.0.0.9] (unknown [IPv6:2001:db8::1]) by mx.example.net (Postfix) with ESMTP id 1;\n"
     " Sat, 31 Jan 2026 12:00:00 +0000 (UTC)",
     "[10.0.0.9]", "[10.0.0.9]", "", "2001:db8::1", "mx.example.net", "ESMTP", "", "2026-01-31T12:00:00Z"},
    {"postfix_local", " by mx.example.net (Postfix, from userid 1000) id 5F2; Sat, 31 Jan 2026 12:00:00 +0000", "", "",
     "", "", "mx.example.net", "", "", "2026-01-31T12:00:00Z"},
    {"exim_with_helo",
     " from mail.example.org ([192.0.2.1]:45678 helo=hello.example.org)\n"
     "\tby mx.example.net with esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384\n"
     "\t(Exim 4.96)\n\t(envelope-from <p@example.org>)\n\tid 1abcDE-000000-00\n\tfor a@example.net;\n"
     "\tSat, 31 Jan 2026 12:00:00 +0000",
     "mail.example.org", "hello.example.org", "mail.example.org", "192.0.2.1", "mx.example.net", "esmtps",
     "TLSv1.3 TLS_AES_256_GCM_SHA384", "2026-01-31T12:00:00Z"},
    {"exim_without_name",
     " from [192.0.2.1] (helo=[10.0.0.9]) by mx.example.net with esmtps (TLS1.2:ECDHE_RSA_AES_256_GCM_SHA384:256)\n"
     " (Exim 4.89) (envelope-from <>) id 1a; Sat, 31 Jan 2026 12:00:00 +0000",
     "[192.0.2.1]", "[10.0.0.9]", "", "192.0.2.1", "mx.example.net", "esmtps", "TLSv1.2 ECDHE_RSA_AES_256_GCM_SHA384",
     "2026-01-31T12:00:00Z"},
    {"sendmail",
     " from mail.example.org (IDENT:joe@mail.example.org [192.0.2.1])\n"
     "\tby mx.example.net (8.17.1/8.17.1) with ESMTPS id 50V\n"
     "\t(version=TLSv1.2 cipher=ECDHE-RSA-AES256-GCM-SHA384 bits=256 verify=NOT)\n"
     "\tfor <a@example.net>; Sat, 31 Jan 2026 12:00:00 GMT",
     "mail.example.org", "mail.example.org", "mail.example.org", "192.0.2.1", "mx.example.net", "ESMTPS",
     "TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384", "2026-01-31T12:00:00Z"},
    {"sendmail_doubts_the_name",
     " from x (mail.example.org [192.0.2.1] (may be forged)) by mx.example.net (8.14.4/8.14.4) with SMTP id 1; "
     "Sat, 31 Jan 2026 12:00:00 +0000",
     "x", "x", "", "192.0.2.1", "mx.example.net", "SMTP", "", "2026-01-31T12:00:00Z"},
    {"google",
     " from mail.example.org (mail.example.org. [2001:db8::1])\n"
     "        by mx.google.com with ESMTPS id d9443\n"
     "        for <a@example.net>\n"
     "        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);\n"
     "        Sat, 31 Jan 2026 04:00:00 -0800 (PST)",
     "mail.example.org", "mail.example.org", "mail.example.org", "2001:db8::1", "mx.google.com", "ESMTPS",
     "TLSv1.3 TLS_AES_256_GCM_SHA384", "2026-01-31T12:00:00Z"},
    {"google_inside", " by 2002:a05:7010:1234:b0:1 with SMTP id x1csp;\n        Sat, 31 Jan 2026 04:00:00 -0800 (PST)",
     "", "", "", "", "2002:a05:7010:1234:b0:1", "SMTP", "", "2026-01-31T12:00:00Z"},
    {"exchange",
     " from AM0PR01.eurprd01.prod.outlook.com (2603:10a6::1) by\n"
     " DB8PR01.eurprd01.prod.outlook.com (2603:10a6::2) with Microsoft SMTP Server\n"
     " (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.1.2\n"
     " via Frontend Transport; Sat, 31 Jan 2026 12:00:00 +0000",
     "AM0PR01.eurprd01.prod.outlook.com", "AM0PR01.eurprd01.prod.outlook.com", "", "2603:10a6::1",
     "DB8PR01.eurprd01.prod.outlook.com", "Microsoft SMTP Server", "TLSv1.2 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
     "2026-01-31T12:00:00Z"},
    {"exchange_mapi",
     " from A.prod.outlook.com ([fe80::1]) by A.prod.outlook.com ([fe80::1%3]) with mapi id 15.20.1; Sat, 31 Jan 2026 "
     "12:00:00 +0000",
     "A.prod.outlook.com", "A.prod.outlook.com", "", "fe80::1", "A.prod.outlook.com", "mapi", "",
     "2026-01-31T12:00:00Z"},
    {"dovecot_lmtp",
     " from mx.example.net\n\tby mx.example.net with LMTP\n\tid aBcD\n\t(envelope-from <p@example.org>)\n"
     "\tfor <a@example.net>; Sat, 31 Jan 2026 12:00:00 +0000",
     "mx.example.net", "mx.example.net", "", "", "mx.example.net", "LMTP", "", "2026-01-31T12:00:00Z"},
    {"qmail",
     " from unknown (HELO hello.example.org) (user@192.0.2.1)\n  by mx.example.net with SMTP; 31 Jan 2026 12:00:00 "
     "-0000",
     "unknown", "hello.example.org", "", "192.0.2.1", "mx.example.net", "SMTP", "", "2026-01-31T12:00:00Z"},
    {"qmail_helo_lies",
     " from mail.example.org (HELO [10.0.0.9]) (192.0.2.1) by 0 with SMTP; 31 Jan 2026 12:00:00 -0000",
     "mail.example.org", "[10.0.0.9]", "mail.example.org", "192.0.2.1", "0", "SMTP", "", "2026-01-31T12:00:00Z"},
    {"qmail_inside", " (qmail 12345 invoked from network); 31 Jan 2026 12:00:00 -0000", "", "", "", "", "", "", "",
     "2026-01-31T12:00:00Z"},
    {"opensmtpd",
     " from mail.example.org (mail.example.org [192.0.2.1])\n"
     "\tby mx.example.net (OpenSMTPD) with ESMTPS id 1a2b (TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO)\n"
     "\tfor <a@example.net>;\n\tSat, 31 Jan 2026 12:00:00 +0000 (UTC)",
     "mail.example.org", "mail.example.org", "mail.example.org", "192.0.2.1", "mx.example.net", "ESMTPS",
     "TLSv1.3 TLS_AES_256_GCM_SHA384", "2026-01-31T12:00:00Z"},
    {"yahoo",
     " from 192.0.2.1 (EHLO mail.example.org)\n by 10.197.32.1 with SMTPs\n"
     " (version=TLS1_2 cipher=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256); Sat, 31 Jan 2026 12:00:00 +0000",
     "192.0.2.1", "mail.example.org", "", "192.0.2.1", "10.197.32.1", "SMTPs",
     "TLSv1.2 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "2026-01-31T12:00:00Z"},
    {"gmx",
     " from mail.example.org ([192.0.2.1]) by mx-ha.gmx.net (mxgmx117\n [212.227.17.5]) with ESMTPS (Nemesis) id 1M; "
     "Sat, 31 Jan 2026 13:00:00 +0100",
     "mail.example.org", "mail.example.org", "", "192.0.2.1", "mx-ha.gmx.net", "ESMTPS", "TLS", "2026-01-31T12:00:00Z"},
    {"old_version_of_tls", " from a (a.example [192.0.2.1]) by b with ESMTPS (TLSv1:AES128-SHA:128); x", "a", "a",
     "a.example", "192.0.2.1", "b", "ESMTPS", "TLSv1 AES128-SHA", ""},
    {"bare_address_literal_is_not_seen", " from 192.0.2.1 by mx.example.net with SMTP; bad date", "192.0.2.1",
     "192.0.2.1", "", "", "mx.example.net", "SMTP", "", ""},
    {"nothing", "", "", "", "", "", "", "", "", ""},
    {"keyword_as_a_name", " from by (by [192.0.2.1]) by from with id id with", "by", "by", "", "192.0.2.1", "from",
     "id", "", ""},
    {"semicolon_in_a_comment", " from a ([192.0.2.1] x;y) by b with ESMTP (a;b); Sat, 31 Jan 2026 12:00:00 +0000", "a",
     "a", "", "192.0.2.1", "b", "ESMTP", "", "2026-01-31T12:00:00Z"},
};
INSTANTIATE_TEST_SUITE_P(Received, Field, testing::ValuesIn(rows), [](const auto& row) { return row.param.name; });

TEST(Received, KnowsTheEnvelope) {
  const auto exim = parse_received(" from a by b with esmtp (Exim) (envelope-from <p@example.org>) id 1 for x@b; y");
  EXPECT_EQ(exim.envelope_from, "p@example.org");
  EXPECT_EQ(exim.recipient, "x@b");
  EXPECT_EQ(exim.id, "1");
  EXPECT_EQ(parse_received(" from a by b with LMTP (envelope-from <>) for <x@b>").envelope_from, "");
  EXPECT_EQ(parse_received(" from a by b").envelope_from, std::nullopt);
}

constexpr std::string_view journey =
    "Received: from mx.b by store.b with LMTP; Sat, 31 Jan 2026 12:00:02 +0000\r\n"
    "Received: from x (x [192.0.2.2]) by mx.b with ESMTPS; no date at all\r\n"
    "Received: from y (y [192.0.2.1]) by x with ESMTPS (TLSv1.3:TLS_AES_128_GCM_SHA256:128); Sat, 31 Jan 2026 12:00:01 "
    "+0000\r\n"
    "Received: from z by y with ESMTP; Sat, 31 Jan 2026 12:00:03 +0000\r\n\r\n";

TEST(Hops, AreInTheOrderOfTravel) {
  const auto hops = hops_of(received_of(split_message(journey)));
  ASSERT_EQ(hops.size(), 4U);
  EXPECT_EQ(hops[0].from, "z");
  EXPECT_EQ(hops[0].delay_ms, std::nullopt);
  EXPECT_EQ(hops[0].tls, std::nullopt);
  EXPECT_EQ(hops[0].tls_source, TlsSource::unknown);
  EXPECT_EQ(hops[1].delay_ms, -2000);  // its clock is behind
  EXPECT_EQ(hops[1].tls, "TLSv1.3 TLS_AES_128_GCM_SHA256");
  EXPECT_EQ(hops[1].tls_source, TlsSource::claimed);
  EXPECT_EQ(hops[2].time, std::nullopt);
  EXPECT_EQ(hops[2].delay_ms, std::nullopt);
  EXPECT_EQ(hops[3].delay_ms, std::nullopt);
  EXPECT_EQ(hops[3].by, "store.b");
}

TEST(Hops, AreBounded) {
  std::string loop;
  for (int i = 0; i < 500; ++i) loop += "Received: from a by b with SMTP; Sat, 31 Jan 2026 12:00:02 +0000\r\n";
  EXPECT_EQ(received_of(split_message(loop + "\r\n")).size(), limits::hops);
  const auto long_one = parse_received(" from a (" + std::string(limits::received_bytes, '(') + "[192.0.2.1]) by b");
  EXPECT_EQ(long_one.by, "");
}

}  // namespace
}  // namespace mailprobe::auth
