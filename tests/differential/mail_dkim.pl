# Mail::DKIM on the messages named on standard input; the records come from a JSON file.
#   perl mail_dkim.pl RECORDS.json   prints for each message a JSON list: [result, detail] of each signature.
use strict;
use warnings;
use JSON::PP;
use Net::DNS;
use Mail::DKIM::Verifier;
use Mail::DKIM::DNS;

package Records;
sub send {
    my ($self, $name, $type) = @_;
    my $packet = Net::DNS::Packet->new($name, $type);
    my $texts = $type eq 'TXT' ? $self->{lc $name} : undef;
    $packet->header->rcode($texts ? 'NOERROR' : 'NXDOMAIN');
    $packet->push(answer => Net::DNS::RR->new(name => $name, type => 'TXT', ttl => 60, txtdata => $_)) for @{$texts || []};
    return $packet;
}

package main;
open(my $file, '<:raw', $ARGV[0]) or die "$ARGV[0]: $!";
my $records = do { local $/; decode_json(<$file>) };
Mail::DKIM::DNS::resolver(bless $records, 'Records');
while (my $name = <STDIN>) {
    chomp $name;
    open(my $message, '<:raw', $name) or die "$name: $!";
    my $bytes = do { local $/; <$message> };
    my $verifier = Mail::DKIM::Verifier->new;
    my @results = eval {
        $verifier->PRINT($bytes);
        $verifier->CLOSE;
        map { [$_->result // 'none', $_->result_detail // ''] } $verifier->signatures;
    };
    @results = (['died', "$@"]) if $@;
    print encode_json(\@results), "\n";
}
