CREATE TABLE IF NOT EXISTS hotrod_customers (
    id INTEGER PRIMARY KEY,
    name VARCHAR(100) NOT NULL,
    location VARCHAR(20) NOT NULL
);
REPLACE INTO hotrod_customers (id, name, location) VALUES
    (123, 'Rachel''s Floral Designs', '115,277'),
    (392, 'Trom Chocolatier', '577,322'),
    (567, 'Amazing Coffee Roasters', '211,653'),
    (731, 'Japanese Desserts', '728,326');
