"""The lab: every party of the procedure under one clock, in the words a notebook uses.

lab = Lab()
reply = lab.desk.receive(lab.customer.request(seats=2))
lab.host.docker("load -i fanruan_license_server.tar")
lab.host.docker("run -v /D/William/lic/config:/app/config -P -d fanruan_license_server_amd64:1.0.0")
server = lab.host.server()
server.submit(lab.phone.scan(server.qr()))
project = lab.project("sales")
project.register(server.address)
lab.clock.advance(hours=25)
lab.timeline()
"""

from fanlic.lab.world import Lab

__all__ = ["Lab"]
