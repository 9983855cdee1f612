import Foundation

/// What a command carries.
public protocol WireCommandPayload: Codable, Hashable, Sendable {
    /// The command's name on the wire.
    static var commandName: String { get }
    /// The version of the payload that this type writes.
    static var commandSchema: Int { get }
}

/// The data of a row.
public protocol WireRowData: Codable, Hashable, Sendable {
    /// The row's kind on the wire.
    static var rowKind: String { get }
}

/// All that travels between an app and Roundsman.
public enum Wire {
    /// The id of a row, a command or a scope: a UUID as text, compared as text.
    public struct Id: RawRepresentable, Codable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }
    }

    /// A moment exactly as it is on the wire (RFC 3339): an offset that was sent once is sent again, to the last character.
    public struct Instant: RawRepresentable, Codable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The moment, with its offset in the given zone, in milliseconds.
        public init(_ date: Date, in zone: TimeZone = .current) {
            let form = ISO8601DateFormatter()
            form.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
            form.timeZone = zone
            rawValue = form.string(from: date)
        }

        /// The moment, or nil for what is none.
        public var date: Date? {
            let form = ISO8601DateFormatter()
            form.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
            if let found = form.date(from: rawValue) {
                return found
            }
            form.formatOptions = [.withInternetDateTime]
            return form.date(from: rawValue)
        }
    }

    /// A calendar day: `2026-11-23`.
    public struct Day: RawRepresentable, Codable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Year, month and day, or nil for what is no day.
        public var components: DateComponents? {
            let parts = rawValue.split(separator: "-").compactMap { Int($0) }
            return parts.count == 3 ? DateComponents(year: parts[0], month: parts[1], day: parts[2]) : nil
        }
    }

    /// A decimal number as text: money never passes through a float.
    public struct Decimal: RawRepresentable, Codable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The number, or nil for what is none.
        public var value: Foundation.Decimal? {
            Foundation.Decimal(string: rawValue, locale: Locale(identifier: "en_US_POSIX"))
        }
    }

    /// One edited field: the value that the user saw and the new one. Both are always sent, null too.
    public struct Change<Value: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
        public var from: Value?
        public var to: Value?

        public init(from: Value?, to: Value?) {
            self.from = from
            self.to = to
        }

        public func encode(to encoder: Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(from, forKey: .from)
            try container.encode(to, forKey: .to)
        }

        private enum CodingKeys: String, CodingKey {
            case from
            case to
        }
    }

    /// Any JSON.
    public enum JSONValue: Codable, Hashable, Sendable {
        case null
        case bool(Bool)
        case number(Double)
        case integer(Int)
        case string(String)
        case array([JSONValue])
        case object([String: JSONValue])

        public init(from decoder: Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let value = try? container.decode(Bool.self) {
                self = .bool(value)
            } else if let value = try? container.decode(Int.self) {
                self = .integer(value)
            } else if let value = try? container.decode(Double.self) {
                self = .number(value)
            } else if let value = try? container.decode(String.self) {
                self = .string(value)
            } else if let value = try? container.decode([JSONValue].self) {
                self = .array(value)
            } else {
                self = .object(try container.decode([String: JSONValue].self))
            }
        }

        public func encode(to encoder: Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .null: try container.encodeNil()
            case .bool(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .integer(let value): try container.encode(value)
            case .string(let value): try container.encode(value)
            case .array(let value): try container.encode(value)
            case .object(let value): try container.encode(value)
            }
        }
    }

    /// The payload as JSON, ready for a `CommandEnvelope`.
    public static func json(_ payload: some WireCommandPayload) throws -> [String: JSONValue] {
        try JSONDecoder().decode([String: JSONValue].self, from: JSONEncoder().encode(payload))
    }

    /// What to do about an error: by its code, and by its status where a newer server sends a code that is not listed.
    public static func then(code: String, status: Int) -> Then {
        if let known = thenByCode[code] {
            return known
        }
        switch status {
        case 202: return .kept
        case 401: return .renew
        case 403: return .ask
        case 404: return .refresh
        case 413: return .split
        case 429, 500...: return .later
        default: return .correct
        }
    }
}

extension Wire.Row {
    /// The row's data, or nil for a tombstone and for a kind that this app does not know. Keep the JSON of such a row all
    /// the same: it counts in the digest, and the app's next version may know it.
    public func decoded() throws -> (any WireRowData)? {
        guard let data, let type = Wire.rowTypes[kind] else {
            return nil
        }
        return try JSONDecoder().decode(type, from: JSONEncoder().encode(data))
    }
}
