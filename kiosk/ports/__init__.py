"""What the rules need from the outside, as Protocols and plain values.

Rooms at the edge (``hardware``, ``db``, ``ui``) implement or consume these; none of them imports
another. Values that cross a room's wall are frozen dataclasses defined here.
"""

from kiosk.ports.camera import (
    CameraIdentity,
    CameraSource,
    CodeReader,
    CodeSymbology,
    DemoPerson,
    Frame,
    Movement,
    PhoneMessage,
    SimulatedPerson,
    SimulationControl,
)
from kiosk.ports.centre import (
    Centre,
    CentreRefused,
    CentreUnreachable,
    CentreVisitStatus,
    Identifier,
    IdentifierKind,
    LookupAnswer,
    LookupStatus,
    Profile,
    SendStatus,
)
from kiosk.ports.parts import (
    Clock,
    Json,
    LastingFault,
    Mailbox,
    PartHealth,
    PartState,
    PassingFault,
    ReceiptPrinter,
    Service,
    ServicesOffered,
)
from kiosk.ports.store import (
    EventStore,
    OpenVisit,
    Signer,
    StoreUnavailable,
)

__all__ = [
    "CameraIdentity",
    "CameraSource",
    "Centre",
    "CentreRefused",
    "CentreUnreachable",
    "CentreVisitStatus",
    "Clock",
    "CodeReader",
    "CodeSymbology",
    "DemoPerson",
    "EventStore",
    "Frame",
    "Identifier",
    "IdentifierKind",
    "Json",
    "LastingFault",
    "LookupAnswer",
    "LookupStatus",
    "Mailbox",
    "Movement",
    "OpenVisit",
    "PartHealth",
    "PartState",
    "PassingFault",
    "PhoneMessage",
    "Profile",
    "ReceiptPrinter",
    "SendStatus",
    "Service",
    "ServicesOffered",
    "Signer",
    "SimulatedPerson",
    "SimulationControl",
    "StoreUnavailable",
]
