"""Mail servers by script: one that is killed after the final dot, one that never answers QUIT. One session after another."""
import socket, ssl, threading
from support import PORTS


class DiesAfterTheDot:
    def __init__(self, stage, certificate):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.listener = socket.create_server((stage.address(15), PORTS["smtp"]))
        self.messages, self.sessions = 0, 0
        self.quit, self.closing = threading.Event(), threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        self.closing.set()
        self.listener.shutdown(socket.SHUT_RDWR)  # or accept() holds on to the address
        self.listener.close()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.sessions += 1
            try:
                self.session(connection)
            except OSError:
                pass
            connection.close()

    def session(self, connection):
        connection.sendall(b"220 mx.fake.test ESMTP\r\n")
        lines = connection.makefile("rb")
        for line in lines:
            verb = line.strip().split(b" ")[0].upper()
            if verb == b"EHLO":
                more = b"" if isinstance(connection, ssl.SSLSocket) else b"250-STARTTLS\r\n"
                connection.sendall(b"250-mx.fake.test\r\n" + more + b"250 8BITMIME\r\n")
            elif verb == b"STARTTLS":
                connection.sendall(b"220 Go ahead\r\n")
                connection = self.context.wrap_socket(connection, server_side=True)
                return self.after_tls(connection)
            else:
                connection.sendall(b"221 Bye\r\n" if verb == b"QUIT" else b"530 STARTTLS first\r\n")

    def taken(self, connection, message):
        """Whether the session goes on."""
        return False

    def after_tls(self, connection):
        lines = connection.makefile("rb")
        for line in lines:
            verb = line.strip().split(b" ")[0].upper()
            if verb == b"DATA":
                connection.sendall(b"354 Go on\r\n")
                message = []
                for data in lines:
                    if data == b".\r\n":
                        self.messages += 1
                        if not self.taken(connection, b"".join(message)):
                            return connection.close()
                        break
                    message.append(data[1:] if data.startswith(b".") else data)
            elif verb == b"QUIT":
                self.quit.set()
                self.closing.wait(30)  # without a word
                return
            else:
                connection.sendall(b"250 OK\r\n")


class NeverAnswersQuit(DiesAfterTheDot):
    """Hands every message over to another server."""

    def __init__(self, stage, certificate, hand_over):
        self.hand_over = hand_over
        super().__init__(stage, certificate)

    def taken(self, connection, message):
        connection.sendall(b"250 2.0.0 Taken\r\n")
        self.hand_over(message)
        return True
